using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Core.Sessions;

namespace Parley.Server.Rpc;

/// <summary>How JSON-RPC writes: camelCase, and times in UTC to the second, e.g. <c>2026-02-26T18:00:00Z</c>.</summary>
public static class RpcJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JsonText.Encoder, Converters = { new UtcSeconds() } };

    public static readonly JsonWriterOptions Writing = new() { Encoder = JsonText.Encoder };

    private sealed class UtcSeconds : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
