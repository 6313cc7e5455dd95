using System.Text.Json.Serialization;

namespace Parley.Cli.Setup;

/// <summary>What a check found, in one sentence that says what to do where something is to be done.</summary>
internal sealed record Diagnosis(string Subject, Health State, string Text)
{
    public static Diagnosis Fine(string subject, string text) => new(subject, Health.Fine, text);

    public static Diagnosis Failed(string subject, string text) => new(subject, Health.Failed, text);
}

[JsonConverter(typeof(JsonStringEnumConverter<Health>))]
internal enum Health
{
    [JsonStringEnumMemberName("fine")]
    Fine,

    /// <summary>Worth knowing; sharing works all the same.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
