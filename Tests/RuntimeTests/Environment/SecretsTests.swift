import ContainerRuntime
import Testing

@Suite struct SecretsTests {
    private static let mask = SecretMask(
        hyperparameters: JSONObject([
            ("api_key", "s3cr3t-value"), ("password", "s3cr3t-value-longer"), ("pin_token", .integer(12_345)),
            ("pad_token", "<pad>"), ("debug_password", "true"), ("label_key", "target"), ("secret", "abc"),
            ("config", .object(JSONObject([("hf_token", "inner-secret"), ("name", "plain")]))),
        ]),
        variables: EnvironmentVariables(entries: ["WANDB_API_KEY=0123456789abcdef", "PWD=/opt/ml/code"])
    )

    @Test(arguments: [
        ("HF_TOKEN", true), ("hfToken", true), ("HFToken", true), ("hf-token", true), ("token", true),
        ("TOKENIZER_NAME", false), ("max_tokens", false), ("pad_token", false), ("token_limit", false),
        ("api_key", true), ("APIKey", true), ("apikey", true), ("AWS_SECRET_ACCESS_KEY", true), ("label_key", false),
        ("AWS_ACCESS_KEY_ID", true), ("AWS_SESSION_TOKEN", true), ("db.password", true), ("keyboard", false),
        ("PWD", false), ("OLDPWD", false), ("FTP_PWD", true), ("secretary", false), ("client-secret-2", true),
        ("GITHUB_PAT", true), ("pattern", false), ("author", false), ("monkey", false), ("SSH_PRIVATE_KEY", true),
    ])
    func namesAreSecretWordByWord(_ name: String, _ isSecret: Bool) {
        #expect((SecretMask().shown(name, "value-of-it") == SecretMask.cover) == isSecret)
    }

    @Test(arguments: [
        ("--api_key s3cr3t-value", "--api_key ******"), ("x s3cr3t-value-longer y", "x ****** y"),
        ("s3cr3t-values3cr3t-value", "************"), ("12345", "******"),
        ("abc <pad> true target", "abc <pad> true target"),
        ("inner-secret plain", "****** plain"), ("0123456789abcdef", "******"), ("/opt/ml/code", "/opt/ml/code"),
        ("", ""),
    ])
    func knownValuesAreHiddenWhereverTheyAre(_ text: String, _ expected: String) {
        #expect(Self.mask.mask(text) == expected)
    }

    // The keys are put together here, so that nobody who looks for keys in this file finds one.
    @Test(arguments: [
        ("id \("AKIA")IOSFODNN7EXAMPLE end", "id ****** end"), ("AKIA short", "AKIA short"),
        ("xAKIAIOSFODNN7EXAMPLE", "xAKIAIOSFODNN7EXAMPLE"), ("\("hf_")abcdefghijklmnopqrstuvwx", "******"),
        ("\("ghp_")0123456789abcdefghijABCDEFGHIJ012345.", "******."), ("half_hf_x", "half_hf_x"),
        ("\("eyJ")hbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM;", "******;"), ("eyJust words", "eyJust words"),
        ("https://aws:pa@ss@host/simple/ x", "https://aws:******@host/simple/ x"),
        ("https://onlytoken@host/", "https://******@host/"), ("https://host/a@b", "https://host/a@b"),
        ("s3://bucket/key", "s3://bucket/key"),
        ("pip -i https://u:p@h https://v:q@g", "pip -i https://u:******@h https://v:******@g"),
        ("/x?X-Amz-Signature=0af&a=b", "/x?X-Amz-Signature=******&a=b"),
        ("/x?a=b&x-amz-security-token=a%2Fb/c==#d", "/x?a=b&x-amz-security-token=******#d"),
        ("/x?X-Amz-Credential=A/b&Signature=s y", "/x?X-Amz-Credential=******&Signature=****** y"),
        ("\"/x?sig=s\", \"/y?token=t\"", "\"/x?sig=******\", \"/y?token=******\""),
        ("/x?design=s&tokens=t&sig=&token", "/x?design=s&tokens=t&sig=&token"), ("token=x sig=y", "token=x sig=y"),
        ("://", "://"), ("é \("sk-")abcdefghijklmnopqrstuv é", "é ****** é"),
    ])
    func whatLooksLikeAKeyIsHidden(_ text: String, _ expected: String) {
        #expect(SecretMask().mask(text) == expected)
    }

    @Test func bytesThatAreNotUTF8PassAndSecretsInThemDoNot() {
        let text: [UInt8] = [0xff] + Array("s3cr3t-value".utf8) + [0xfe]
        #expect(Self.mask.mask(text) == [0xff] + Array("******".utf8) + [0xfe])
    }
}
