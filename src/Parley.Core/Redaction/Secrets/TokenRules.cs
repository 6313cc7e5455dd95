namespace Parley.Core.Redaction.Secrets;

/// <summary>The tokens that are known by their own form. docs/redaction.md shows how to add one.</summary>
internal static class TokenRules
{
    public static readonly TokenRule[] All =
    [
        new("anthropic-key", @"sk-ant-[\w-]{20,}"),
        new("openai-key", @"sk-proj-[\w-]{20,}", @"sk-svcacct-[\w-]{20,}", @"sk-admin-[\w-]{20,}", @"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,}"),
        new("openrouter-key", @"sk-or-v1-\h{32,}"),
        new("api-key", @"sk-[A-Za-z0-9]{20,}"),
        new("github-token", @"ghp_[A-Za-z0-9]{30,}", @"gho_[A-Za-z0-9]{30,}", @"ghu_[A-Za-z0-9]{30,}", @"ghs_[A-Za-z0-9]{30,}",
            @"ghr_[A-Za-z0-9]{30,}", @"github_pat_\w{40,}"),
        new("gitlab-token", @"glpat-[\w-]{20,}"),
        new("slack-token", @"xoxb-[\w-]{10,}", @"xoxp-[\w-]{10,}", @"xoxa-[\w-]{10,}", @"xoxs-[\w-]{10,}", @"xoxr-[\w-]{10,}", @"xoxe-[\w-]{10,}"),
        new("aws-access-key", @"AKIA[A-Z0-9]{16}", @"ASIA[A-Z0-9]{16}"),
        new("google-key", @"AIza[\w-]{35}"),
        new("stripe-key", @"sk_live_[A-Za-z0-9]{10,}", @"rk_live_[A-Za-z0-9]{10,}", @"sk_test_[A-Za-z0-9]{10,}"),
        new("npm-token", @"npm_[A-Za-z0-9]{36}"),
    ];
}
