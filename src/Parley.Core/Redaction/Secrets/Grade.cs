namespace Parley.Core.Redaction.Secrets;

/// <summary>How much a name says about the value that is assigned to it.</summary>
internal enum Grade
{
    /// <summary>Nothing: <c>public_key</c>, <c>token_type</c>, <c>password_url</c>.</summary>
    None,

    /// <summary>Little: <c>key</c>; the value must look random by itself.</summary>
    Weak,

    /// <summary>Much: <c>api_token</c>, <c>client_secret</c>.</summary>
    Strong,

    /// <summary>A password: short and memorable values count as well.</summary>
    Password,
}
