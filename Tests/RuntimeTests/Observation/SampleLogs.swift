import Testing

/// Logs as real trainers print them, with definitions as people write them for such logs.
enum SampleLogs {
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let definitions: [String: String]
        var testDescription: String { name }
    }

    static let all = [keras, lightning, xgboost, transformers, documentation]

    /// tf.keras, `fit` with verbose=1: a bar that is written over, its end a line feed.
    static let keras = Sample(
        name: "Keras",
        text: (1...3).map { epoch in
            let bars = (1...40).map { step in
                let done = String(repeating: "=", count: step * 29 / 40)
                let rest = String(repeating: ".", count: 29 - step * 29 / 40)
                return
                    "\r \(step)/40 [\(done)>\(rest)] - ETA: \(40 - step)s - loss: \(2.0 / Double(epoch * 40 + step)) "
                    + "- accuracy: 0.\(80 + step / 3)"
            }
            return "Epoch \(epoch)/3\n" + bars.joined()
                + "\u{8}\u{8}\r40/40 [==============================] - 5s 3ms/step - loss: 0.2\(epoch)91 "
                + "- accuracy: 0.9\(epoch) - val_loss: 1.3e-0\(epoch) - val_accuracy: 0.95\(epoch)\n"
        }.joined(),
        definitions: [
            "loss": "- loss: ([0-9.e-]+)", "accuracy": " accuracy: ([0-9\\.]+)", "val_loss": "val_loss: ([0-9\\.e-]+)",
            "val_accuracy": "val_accuracy: ([0-9\\.]+)", "never": "f1_score: ([0-9.]+)",
        ]
    )

    /// PyTorch Lightning's progress bar on a file, and its own lines.
    static let lightning = Sample(
        name: "PyTorch Lightning",
        text: "GPU available: False, used: False\n\n  | Name  | Type   | Params\n----\n"
            + (0..<3).map { epoch in
                (0...10).map { step in
                    "\rEpoch \(epoch):  \(step * 10)%|\(String(repeating: "█", count: step))   | \(step * 93)/938 "
                        + "[00:0\(step % 10)<00:07, 129.33it/s, v_num=0, train_loss=\(1.0 / Double(step + epoch + 1))]"
                }.joined()
            }.joined()
            + "\n`Trainer.fit` stopped: `max_epochs=3` reached.\n{'val_loss': 0.125, 'step': 2814}\n",
        definitions: [
            "train_loss": "train_loss=([0-9.e+-]+)", "val_loss": #"'val_loss': (\d+\.\d+)"#,
            "rate": #"([\d.]+)it/s"#,
        ]
    )

    /// XGBoost's eval lines, tabs and all, with the times that a container's logging adds.
    static let xgboost = Sample(
        name: "XGBoost",
        text: (0..<60).map { round in
            "[\(round)]\ttrain-rmse:\(9.0 / Double(round + 1))\tvalidation-rmse:\(9.5 / Double(round + 1))\n"
        }.joined() + "[2026-11-21:04:12:45:INFO] Single node training.\n[04:12:46] WARNING: ../src/learner.cc:767: x\n",
        definitions: [
            "validation:rmse": #".*\[[0-9]+\].*validation-rmse:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*"#,
            "train:rmse": #"train-rmse:(\S+)"#,
        ]
    )

    /// The Trainer of transformers: dictionaries between bars of tqdm on the same stream.
    static let transformers = Sample(
        name: "transformers",
        text: (1...20).map { step in
            "\r \(step * 5)%|▌  | \(step * 25)/500 [00:1\(step % 10)<03:08,  2.52it/s]"
                + (step % 5 == 0
                    ? "\n{'loss': \(6.9 / Double(step)), 'grad_norm': nan, 'learning_rate': 4.\(step)e-05, "
                        + "'epoch': \(Double(step) / 20)}\n" : "")
        }.joined()
            + "{'eval_loss': 0.3341, 'eval_accuracy': 0.8725, 'eval_runtime': 12.6, 'epoch': 1.0}\r\n"
            + "{'train_runtime': 188.2, 'train_loss': 0.51, 'epoch': 1.0}\n***** train metrics *****\n",
        definitions: [
            "loss": "'loss': ([0-9]+(.|e\\-)[0-9]+),?", "eval_loss": "'eval_loss': ([0-9\\.]+)",
            "eval_accuracy": "'eval_accuracy':\\s*([0-9.]+)", "learning_rate": "'learning_rate': ([0-9.e-]+)",
            "grad_norm": "'grad_norm': (\\S+),", "epoch": "'epoch': ([0-9.]+)",
        ]
    )

    /// The examples of SageMaker's own pages.
    static let documentation = Sample(
        name: "SageMaker's pages",
        text:
            "GAN_loss=0.138318;  Scaled_reg=2.654134; disc:[-0.017371,0.102429] real 93.3% gen 0.0% disc-combined=0.000000; "
            + "disc_train_loss=1.374587;  Loss = 16.020744;  Iteration 0 took 0.704s;  Elapsed=0s\n"
            + "Validation_loss: .5\nValidation_loss: 1.\nValidation_loss: none\nTest set: Average loss: 0.0523, "
            + "Accuracy: 9840/10000 (98%)\nmétrique: 0,5\n\u{fffd}precision=+0.25 recall=-1E3\n",
        definitions: [
            "ganloss": "GAN_loss=(.*?);", "disc-combined": "disc-combined=(.*?);", "discloss": "disc_train_loss=(.*?);",
            "loss": "Loss = (.*?);", "validation": #"Validation_loss: (\S+)"#, "average": "Average loss: ([0-9\\.]+)",
            "precision": "precision=(.*?) ", "recall": "recall=(.{,4}).*", "either": "(?:recall|precision)=([^ ]+)",
            "any": #"(\d+\.\d+)s"#,
        ]
    )
}
