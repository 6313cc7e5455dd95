namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Tokens of everything else that people work with: documents, designs, tickets, content, maps.</summary>
internal static class Applications
{
    public static readonly TokenRule[] Rules =
    [
        new("figma-token", @"figd_[\w=-]{36,}", @"figdr_[\w=-]{36,}", @"figp_[\w=-]{36,}", @"figo_[\w=-]{36,}", @"figu_[\w=-]{36,}"),
        new("linear-key", @"lin_[a-z]{2,5}_[A-Za-z0-9]{36,}"),
        new("notion-token", @"secret_[A-Za-z0-9]{16,}", @"ntn_[A-Za-z0-9]{40,}"),
        new("airtable-token", @"pat[A-Za-z0-9]{14}\.\h{60,}", @"[A-Za-z0-9]{4,40}\.v1\.[\w-]{4,}\.\h{20,}"),
        new("asana-token", [.. TokenRule.ForEach("2/", "0123456789", @"\d{13,}/\d{14,}:\h{32}"), .. TokenRule.ForEach("1/", "0123456789", @"\d{13,}:\h{32}")]),
        new("trello-token", @"ATTA\h{60,}"),
        new("typeform-token", @"tfp_[\w.=-]{36,}"),
        new("hubspot-token", @"pat-[a-z]{2}\d-[A-Za-z0-9]{8}-[A-Za-z0-9-]{20,}"),
        new("salesforce-token", @"00D[A-Za-z0-9]{12}![\w.]{80,}", @"5AEP861[\w.=]{60,}", @"3MVG9[\w./]{70,}"),
        new("zoho-token", @"1000\.\h{32}\.\h{32}"),
        new("dropbox-token", @"sl\.[\w.-]{60,}"),
        new("contentful-token", @"CFPAT-[\w-]{36,}"),
        new("adobe-secret", @"p8e-[A-Za-z0-9-]{32}"),
        new("canva-secret", @"cnvca[\w-]{48,}"),
        new("frameio-token", @"fio-u-[\w=-]{56,}"),
        new("maxmind-key", @"[A-Za-z0-9]{6}_[A-Za-z0-9]{27,31}_mmk"),
        new("mapbox-token", @"[ts]k\.eyJ[\w.-]{40,}"),
        new("brave-search-key", @"BSA[\w-]{24,40}"),
        new("settlemint-token", @"sm_aat_[A-Za-z0-9]{14,}", @"sm_pat_[A-Za-z0-9]{14,}", @"sm_sat_[A-Za-z0-9]{14,}"),
        new("lichess-token", @"lip_\w{16,}"),
        new("workato-token", @"wrka[a-z]{0,2}-eyJ[\w.-]{60,}"),
        new("authress-key", @"\w{2,38}\.[a-z0-9]{4,6}\.acc[_-][\w-]{10,32}\.[\w+/=-]{30,}"),
        new("workos-key", @"sk_a2V5[\w]{40,}"),
        new("stytch-secret", @"secret-live-[\w=-]{30,}", @"secret-test-[\w=-]{30,}"),
        new("lightdash-token", @"ldpat_\h{30,}"),
        new("retool-token", @"retool_\w{24,}"),
        new("coda-token", @"coda_[\w-]{36,}"),
        new("tableau-token", @"[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32}"),
        new("photoroom-key", @"sk_pr_\w{36,}"),
        new("teamwork-token", @"tkn\.v1_[\w-]{40,}"),
        new("close-key", @"api_[A-Za-z0-9]{22}\.[A-Za-z0-9]{22}", @"api_[A-Za-z0-9.]{45}"),
        new("smooch-key", @"act_[a-z0-9]{24}"),
        new("besttime-key", @"pri_\h{32}"),
        new("dfuse-key", @"web_\h{32}", @"web_[a-z0-9]{32}"),
        new("password-hash", [.. TokenRule.ForEach(@"\$2", "aby", @"\$\d{2}\$[\w./]{53}"), @"\$apr1\$[\w./]{1,8}\$[\w./]{22}", @"\$6\$[\w./=]{1,40}\$[\w./]{80,}", @"\$5\$[\w./=]{1,40}\$[\w./]{40,}",
            @"\$1\$[\w./]{1,8}\$[\w./]{22}", @"\$y\$[\w./]{2,8}\$[\w./]{10,40}\$[\w./]{40,}", @"\$argon2id\$[\w=,$+/]{40,}", @"\$argon2i\$[\w=,$+/]{40,}", @"\{SHA\}[A-Za-z0-9+/]{27}=",
            @"\{SSHA\}[A-Za-z0-9+/]{30,}={0,2}", @"pbkdf2_sha256\$\d{4,7}\$[A-Za-z0-9]{8,}\$[A-Za-z0-9+/]{40,}={0,2}"]),
        new("scraping-key", @"API_KEY[0-9A-Z]{32}"),
        new("parley-token", @"clw_share_[\w-]{40,}"),
        new("django-secret", @"django-insecure-[#-&(-[^-~!]{30,}"),
    ];
}
