namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Tokens and secret addresses of chats, mail, telephony and social networks.</summary>
internal static class Messaging
{
    public static readonly TokenRule[] Rules =
    [
        new("slack-token", [.. TokenRule.ForEach("xox", "bceopsd", @"-[\w%/+=-]{14,}"), .. TokenRule.ForEach("xox", "ar", @"-[\w%/+=-]{10,}"), @"xoxe\.xox[bp]-[\w-]{20,}", @"xapp-\d-[\w-]{16,}", @"xwfp-[\w-]{20,}"]),
        new("slack-webhook", @"hooks\.slack\.com/services/[\w/+]{20,}", @"hooks\.slack\.com/workflows/[\w/+]{20,}", @"hooks\.slack\.com/triggers/[\w/+]{20,}",
            @"hooks\.slack-gov\.com/services/[\w/+]{20,}"),
        new("discord-webhook", @"discord\.com/api/webhooks/\d{15,}/[\w-]{40,}", @"discordapp\.com/api/webhooks/\d{15,}/[\w-]{40,}"),
        new("teams-webhook", @"IncomingWebhook/[A-Za-z0-9]{32}/[\w-]{30,}"),
        new("zapier-webhook", @"hooks\.zapier\.com/hooks/catch/[\w/]{8,}"),
        new("make-webhook", @"hook\.eu1\.make\.com/[a-z0-9]{20,}", @"hook\.us1\.make\.com/[a-z0-9]{20,}", @"hook\.integromat\.com/[a-z0-9]{20,}"),
        new("ifttt-webhook", @"maker\.ifttt\.com/trigger/[\w-]{1,80}/with/key/[\w-]{16,}", @"maker\.ifttt\.com/use/[\w-]{16,}"),
        new("feishu-webhook", @"open\.feishu\.cn/open-apis/bot/v2/hook/[\h-]{30,}", @"open\.larksuite\.com/open-apis/bot/v2/hook/[\h-]{30,}"),
        new("telegram-token", @"\d{8,10}:AA[\w-]{30,}"),
        new("discord-token", @"mfa\.[\w-]{80,}"),
        new("sendgrid-key", @"SG\.[\w=.-]{50,}"),
        new("brevo-key", @"xkeysib-[A-Za-z0-9-]{50,}", @"xsmtpsib-\h{40,}-[A-Za-z0-9]{10,}"),
        new("mailgun-key", @"key-[A-Za-z0-9]{32,}"),
        new("mailchimp-key", TokenRule.ForEach(@"\h{32}-us", "0123456789", @"\d?")),
        new("mailersend-token", @"mlsn\.[A-Za-z0-9]{30,}"),
        new("resend-key", @"re_[A-Za-z0-9_]{24,}"),
        new("loops-key", @"loops_\h{32}"),
        new("courier-key", @"pk_prod_[A-Z0-9]{28}", @"pk_test_[A-Z0-9]{28}"),
        new("klaviyo-key", @"pk_[A-Za-z0-9]{34}"),
        new("firebase-token", @"[\w-]{11,}:APA91b[\w-]{100,}"),
        new("twilio-key", TokenRule.ForEach("SK", "0123456789abcdef", @"\h{31}")),
        new("telnyx-key", @"KEY0\h{20,}_[A-Za-z0-9]{16,}"),
        new("onesignal-key", @"os_v2_app_[a-z2-7]{60,}", @"os_v2_org_[a-z2-7]{60,}"),
        new("pubnub-key", @"sec-c-[A-Za-z0-9]{30,}", @"sub-c-[a-z0-9]{8}-[a-z0-9-]{20,}", @"pub-c-[a-z0-9]{8}-[a-z0-9-]{20,}"),
        new("intercom-token", @"dG9rO[A-Za-z0-9+/=_-]{40,}"),
        new("facebook-token", @"EAACEdEose0cBA[A-Za-z0-9]{16,}", @"EAA[A-Za-z0-9]{90,300}"),
        new("instagram-token", @"IGQV[\w-]{60,}", @"IGAA[\w-]{60,}"),
        new("twitter-bearer", @"AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{60,}"),
        new("linkedin-secret", @"WPL_AP1\.[\w.=+/-]{12,}", @"WPL_AP0\.[\w.=+/-]{12,}"),
        new("pinterest-token", @"pina_[\w-]{20,}"),
        new("tiktok-token", @"act\.[A-Za-z0-9!.]{50,}", @"clt\.[A-Za-z0-9!.]{50,}"),
        new("lark-app", @"cli_[A-Za-z0-9]{16}"),
        new("zoom-webhook", @"inbots\.zoom\.us/incoming/hook/[\w-]{16,}"),
        new("gov-notify-key", @"(?i)apikey-v1 gcntfy-[\w-]{60,}"),
        new("voiceflow-key", @"VF\.\h{24}\.[A-Za-z0-9]{16}", @"VF\.DM\.\h{24}\.[A-Za-z0-9]{16}", @"VF\.WS\.\h{24}\.[A-Za-z0-9]{16}"),
    ];
}
