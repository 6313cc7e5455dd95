using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>Reads members of a stranger's JSON: what is missing or of another kind is simply absent, and a lone surrogate is no error.</summary>
internal static class Json
{
    internal static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.MaxDepth };

    internal static JsonElement? Member(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) ? member : null;

    /// <summary>The member's text when it is a string, else null.</summary>
    internal static string? String(this JsonElement value, string name) =>
        value.Member(name) is { ValueKind: JsonValueKind.String } member ? member.Text() : null;

    internal static bool IsTrue(this JsonElement value, string name) => value.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The number of the member, when it is a whole one.</summary>
    internal static long? Integer(this JsonElement value, string name) =>
        value.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out long n) ? n : null;

    /// <summary>The objects of an array member; none when it is no array.</summary>
    internal static IEnumerable<JsonElement> Objects(this JsonElement value, string name) =>
        value.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object) : [];

    /// <summary>A string's text; of any other value its JSON.</summary>
    internal static string Text(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.GetRawText();
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Decode(JsonMarshal.GetRawUtf8Value(value));
        }
    }

    internal static string NameText(this JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return Decode([(byte)'"', .. JsonMarshal.GetRawUtf8PropertyName(property), (byte)'"']);
        }
    }

    private static string Decode(ReadOnlySpan<byte> quoted)
    {
        var json = new Utf8JsonReader(quoted);
        json.Read();
        return JsonText.GetString(ref json);
    }
}
