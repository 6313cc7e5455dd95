namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Keys of logging, metrics, tracing, alerting and product analytics.</summary>
internal static class Observability
{
    public static readonly TokenRule[] Rules =
    [
        new("grafana-token", @"glc_[A-Za-z0-9+/=]{30,}", @"glsa_\w{40,}", @"eyJrIjoi[A-Za-z0-9+/=]{40,}"),
        new("new-relic-key", @"NRAK-[A-Za-z0-9]{26,}", @"NRII-[\w-]{24,}", @"NRIQ-[\w-]{24,}", @"NRJS-\h{19}", @"NRBR-\h{19}", @"NRRA-\h{36,}", @"[A-Za-z0-9]{36,}NRAL", @"NRAA-\h{27,}", @"[A-Za-z0-9]{40,44}-NRMA"),
        new("dynatrace-token", @"dt0c01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{50,}", @"dt0s01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{50,}", @"dt0s02\.[A-Z0-9]{8,}\.[A-Za-z0-9]{50,}", @"dt0s16\.[A-Z0-9]{8,}\.[A-Za-z0-9]{50,}"),
        new("datadog-key", @"ddp_[A-Za-z0-9]{34,}", @"ddw_[A-Za-z0-9]{34,}", @"ddapp_[A-Za-z0-9]{30,}"),
        new("sentry-token", @"sntrys_eyJ[\w+/=-]{60,}", @"sntryu_\h{64}"),
        new("honeycomb-key", @"hcaik_[a-z0-9]{40,}", @"hcxik_[a-z0-9]{40,}", @"hcalk_[a-z0-9]{40,}"),
        new("posthog-key", @"phx_[\w-]{36,}", @"phs_[\w-]{36,}", @"phc_[\w-]{40,}"),
        new("statsig-key", @"secret-[A-Za-z0-9]{30,}"),
        new("pagerduty-token", @"pdus\+_[\w-]{16,}", @"pdeu\+_[\w-]{16,}"),
        new("better-stack-token", @"bst_[A-Za-z0-9]{30,}"),
        new("logfire-token", @"pylf_v1_[a-z]{2}_[\w-]{30,}"),
        new("axiom-token", @"xaat-\h{8}-[\h-]{20,}", @"xapt-\h{8}-[\h-]{20,}"),
        new("ubidots-token", @"BBFF-[A-Za-z0-9]{28,}", @"BBUS-[A-Za-z0-9]{28,}"),
        new("adafruit-io-key", @"aio_[A-Za-z0-9]{26,}"),
        new("fullstory-key", @"na1\.[A-Za-z0-9+/]{60,}"),
        new("samsara-token", @"samsara_api_[A-Za-z0-9]{24,}"),
        new("trufflehog-key", @"thog-key-\h{16,}"),
        new("pganalyze-key", @"pgar_[A-Za-z0-9]{28,}", @"pga_[A-Za-z0-9]{28,}"),
        new("highlight-key", @"rh-api-\h{8}-\h{4}-[\h-]{16,}"),
    ];
}
