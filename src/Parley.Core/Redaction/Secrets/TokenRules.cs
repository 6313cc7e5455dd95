using Parley.Core.Redaction.Secrets.Rules;

namespace Parley.Core.Redaction.Secrets;

/// <summary>The tokens that are known by their own form. docs/redaction.md shows how to add one.</summary>
internal static class TokenRules
{
    public static readonly TokenRule[] All =
    [
        .. ModelProviders.Rules, .. Clouds.Rules, .. Azure.Rules, .. SourceAndBuild.Rules, .. Observability.Rules, .. Messaging.Rules, .. Payments.Rules, .. Applications.Rules,
    ];
}
