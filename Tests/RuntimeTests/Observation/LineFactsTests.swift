import Testing

@testable import ContainerRuntime

@Suite struct LineFactsTests {
    @Test(
        arguments: [
            ("step 12 loss 0.5", 12, nil), ("global_step=7, loss=0.5", 7, nil), ("{'loss': 0.5, 'step': 30}", 30, nil),
            ("Iteration: 4 loss 1", 4, nil), ("iter 9 | loss 3.2", 9, nil), ("[12]\ttrain-rmse:0.5", 12, nil),
            ("Epoch 3/10 loss: 0.5", 3, nil), ("Epoch 3, step 250: loss 0.5", 250, nil),
            ("epoch=1.25 loss 1", nil, nil),
            ("12/938 [=>...] - loss: 0.5", nil, nil), ("timestep 5 loss 1", nil, nil), ("steps: many", nil, nil),
            ("3ms/step - loss: 0.2", nil, nil), ("[algo-2:3] step 5 loss 1", 5, 3), ("[rank1]: loss 2", nil, 1),
            ("[default0]:[7] loss 2", 7, 0), ("[04:12:46] WARNING loss 1", nil, nil), ("[INFO] loss: 1", nil, nil),
            ("step 99999999999999999999 loss", nil, nil), ("", nil, nil), ("[", nil, nil), ("step", nil, nil),
        ] as [(String, Int?, Int?)]
    )
    func aLineTellsItsStepAndRank(_ line: String, _ step: Int?, _ rank: Int?) {
        let facts = Array(line.utf8).withUnsafeBufferPointer { LineFacts($0) }
        #expect(facts.step == step && facts.rank == rank, "\(facts)")
    }

    @Test(
        arguments: [
            ("0.125", "\"value\":0.125"), (" 12 ", "\"value\":12"), ("1e-05", "\"value\":1e-05"),
            ("-0.50", "\"value\":-0.50"), (".5", "\"value\":0.5"), ("1.", "\"value\":1.0"), ("+3", "\"value\":3.0"),
            ("007", "\"value\":7.0"), ("1e400", "\"value\":null,\"text\":\"inf\""),
            ("NaN", "\"value\":null,\"text\":\"nan\""),
            ("-inf", "\"value\":null,\"text\":\"-inf\""), ("1e-400", "\"value\":0.0"), ("0x10", nil), ("98%", nil),
            ("0,5", nil), ("none", nil), ("", nil), ("-", nil), ("1.5.2", nil), ("nan(7)", nil), ("1_000", nil),
        ] as [(String, String?)]
    )
    func whatWasCapturedIsANumberOrNothing(_ text: String, _ expected: String?) {
        var output: [UInt8] = []
        Array(text.utf8).withUnsafeBufferPointer { MetricValue($0)?.append(to: &output) }
        #expect(String(decoding: output, as: UTF8.self) == expected ?? "")
    }
}
