namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Keys of those who offer models and what is built around them.</summary>
internal static class ModelProviders
{
    public static readonly TokenRule[] Rules =
    [
        new("anthropic-key", @"sk-ant-[\w-]{20,}"),
        new("openai-key", @"sk-proj-[\w-]{20,}", @"sk-svcacct-[\w-]{20,}", @"sk-service-[\w-]{20,}", @"sk-admin-[\w-]{20,}", @"sk-None-[\w-]{20,}",
            @"sk-[\w-]{16,80}T3BlbkFJ[\w-]{16,}", @"sess-[A-Za-z0-9]{40}"),
        new("openrouter-key", @"sk-or-v1-\h{32,}"),
        new("langfuse-key", @"sk-lf-\h{8}-\h{4}-[\h-]{10,}"),
        new("minimax-key", @"sk-api-[\w-]{40,}"),
        new("litellm-key", @"sk-[\w-]{18,}"),
        new("groq-key", @"gsk_[A-Za-z0-9]{40,}"),
        new("xai-key", @"xai-[A-Za-z0-9_-]{40,}"),
        new("perplexity-key", @"pplx-[A-Za-z0-9]{32,}"),
        new("replicate-token", @"r8_[\w-]{36,}"),
        new("huggingface-token", @"hf_[A-Za-z0-9]{30,}", @"api_org_[A-Za-z0-9]{30,}"),
        new("nvidia-key", @"nvapi-[\w-]{50,}"),
        new("together-key", @"tgp_v1_[\w-]{40,}"),
        new("elevenlabs-key", @"sk_\h{48}"),
        new("langsmith-key", @"lsv2_pt_\h{32}_\h{8,}", @"lsv2_sk_\h{32}_\h{8,}"),
        new("pinecone-key", @"pcsk_[A-Za-z0-9_]{40,}"),
        new("tavily-key", @"tvly-[A-Za-z0-9-]{28,}"),
        new("firecrawl-key", @"fc-\h{32}"),
        new("jina-key", @"jina_[\w-]{40,}"),
        new("cerebras-key", @"csk-[a-z0-9]{40,}"),
        new("anyscale-key", @"esecret_[A-Za-z0-9]{20,}"),
        new("friendli-token", @"flp_[A-Za-z0-9]{40,}"),
        new("cursor-key", @"key_\h{28}", @"key_\h{64,}", @"crsr_\h{40,}"),
        new("e2b-key", @"e2b_\h{30,}"),
        new("helicone-key", @"sk-helicone-[\w-]{20,}", @"pk-helicone-[\w-]{20,}"),
        new("runpod-key", @"rpa_[A-Za-z0-9]{28,}"),
        new("dify-key", @"app-[A-Za-z0-9]{24}"),
        new("llamaindex-key", @"llx-[\w-]{40,}"),
        new("browserbase-key", @"bb_live_[\w-]{20,}"),
        new("weights-and-biases-key", @"wandb_v1_\w{40,}"),
        new("devin-key", @"apk_user_[A-Za-z0-9+/=]{60,}", @"apk_[A-Za-z0-9+/=]{60,}", @"cog_[a-z2-7]{40,}"),
        new("fireworks-key", @"fw_[A-Za-z0-9]{22,}"),
        new("coze-token", @"pat_[A-Za-z0-9]{60,}"),
        new("comet-key", @"opik_[A-Za-z0-9]{24,}"),
    ];
}
