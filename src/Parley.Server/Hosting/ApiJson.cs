using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Core.Sessions;

namespace Parley.Server.Hosting;

/// <summary>How the API speaks JSON and describes itself: camelCase, times in UTC with milliseconds and a Z, numbers as numbers.</summary>
public static class ApiJson
{
    public static void AddJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            o.SerializerOptions.Encoder = JsonText.Encoder;
            o.SerializerOptions.Converters.Add(new UtcTime());
        });
        services.AddOpenApi("v1", o => o.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Version) = ("Parley", "1");
            return Task.CompletedTask;
        }));
    }

    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(JsonText.Timestamp(value));
    }
}
