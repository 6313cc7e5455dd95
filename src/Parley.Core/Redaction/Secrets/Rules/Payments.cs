namespace Parley.Core.Redaction.Secrets.Rules;

/// <summary>Keys of payments, banking, shops and logistics.</summary>
internal static class Payments
{
    public static readonly TokenRule[] Rules =
    [
        new("stripe-key", @"[sr]k_live_[\w-]{10,}", @"[sr]k_test_[\w-]{10,}", @"[sr]k_prod_[\w-]{10,}", @"[sr]k_sbox_[\w-]{10,}", @"sk_org_[\w-]{16,}",
            @"pi_[A-Za-z0-9]{24}_secret_[A-Za-z0-9]{25}", @"seti_[A-Za-z0-9]{24}_secret_[A-Za-z0-9]{25}"),
        new("webhook-secret", @"whsec_[A-Za-z0-9+/=]{20,}", @"v1,whsec_[A-Za-z0-9+/=]{20,}"),
        new("square-token", @"EAAA[\w=-]{22,64}", @"sq0a[a-z]{2}-[\w-]{20,}", @"sq0i[a-z]{2}-[\w-]{20,}", @"sq0c[a-z]{2}-[\w-]{36,}"),
        new("paypal-token", @"access_token\$[a-z]{7,10}\$[a-z0-9]{16}\$\h{32}", @"A21AA[\w-]{60,}"),
        new("adyen-key", @"AQE[a-z]hmf[\w+/=-]{40,}"),
        new("razorpay-key", @"rzp_live_[A-Za-z0-9]{14,}", @"rzp_test_[A-Za-z0-9]{14,}"),
        new("flutterwave-key", @"FLWSECK-[A-Za-z0-9-]{12,}", @"FLWSECK_TEST-[A-Za-z0-9-]{12,}", @"FLWPUBK_TEST-[A-Za-z0-9-]{32,}"),
        new("plaid-token", @"access-production-\h{8}-[\h-]{20,}", @"access-sandbox-\h{8}-[\h-]{20,}", @"access-development-\h{8}-[\h-]{20,}"),
        new("shopify-token", @"shpat_\h{30,}", @"shpca_\h{30,}", @"shppa_\h{30,}", @"shpss_\h{30,}", @"shptka_\h{30,}", @"shpua_\h{30,}"),
        new("shippo-token", @"shippo_live_\h{36,}", @"shippo_test_\h{36,}"),
        new("easypost-key", @"EZAK[A-Za-z0-9]{50,}", @"EZTK[A-Za-z0-9]{50,}"),
        new("live-key", @"live_[\w=-]{25,}", @"test_[A-Za-z0-9]{30,40}", @"live_pub_\h{28,}", @"test_pub_\h{28,}"),
        new("asaas-key", @"\$aact_prod_[\w-]{20,}", @"\$aact_hmlg_[\w-]{20,}", @"\$aact_[\w=-]{40,}"),
        new("duffel-token", @"duffel_live_[\w=-]{36,}", @"duffel_test_[\w=-]{36,}"),
        new("flexport-token", @"shltm_[\w-]{36,}"),
        new("ramp-secret", @"ramp_sec_[A-Za-z0-9]{40,}", @"ramp_id_[A-Za-z0-9]{36,}"),
        new("mercury-token", @"secret-token:mercury_production_[\w]{40,}", @"mercury_production_[\w]{40,}"),
        new("paddle-key", @"pdl_live_apikey_[\w]{40,}", @"pdl_sdbx_apikey_[\w]{40,}"),
        new("midtrans-key", @"Mid-server-[\w-]{16,}", @"SB-Mid-server-[\w-]{16,}"),
        new("persona-key", @"persona_production_[a-z0-9_-]{20,}", @"persona_sandbox_[a-z0-9_-]{20,}"),
        new("onfido-token", @"api_live[\w.][\w.-]{20,}", @"api_sandbox\.[\w.-]{20,}"),
        new("proof-key", @"prf_cli_[\w-]{20,}", @"prf_[\w-]{30,}"),
        new("pagarme-key", @"ak_live_[A-Za-z0-9]{28,}", @"ak_test_[A-Za-z0-9]{28,}"),
        new("polar-token", @"polar_[a-z]{2,3}_[\w-]{20,}"),
        new("fleetbase-key", @"flb_live_[A-Za-z0-9]{20,}", @"flb_test_[A-Za-z0-9]{20,}"),
        new("ethereum-wallet", @"xprv[A-HJ-NP-Za-km-z1-9]{100,}"),
        new("checkout-key", @"sk_\h{8}-\h{4}-\h{4}-\h{4}-\h{12}"),
        new("ticket-tailor-key", @"sk_\d{4}_\d{6}_\h{32}"),
        new("paystack-key", @"sk_[a-z]{4,8}_[A-Za-z0-9]{38,}"),
        new("branch-key", @"key_live_[A-Za-z0-9]{16,}", @"key_test_[A-Za-z0-9]{16,}"),
        new("ebay-secret", @"PRD-[a-z0-9]{8,12}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4,}"),
        new("rainforest-key", @"apikey_\h{40,}"),
        new("secret-key", @"sk_[A-Za-z0-9]{26,}"),
    ];
}
