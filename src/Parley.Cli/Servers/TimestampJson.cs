using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Core.Sessions;

namespace Parley.Cli.Servers;

/// <summary>Times in the one form that Parley writes everywhere: UTC, milliseconds, Z.</summary>
internal sealed class TimestampJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(JsonText.Timestamp(value));
}
