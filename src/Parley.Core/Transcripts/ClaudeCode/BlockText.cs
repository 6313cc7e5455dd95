using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>The texts in a content: those of its text blocks, or the string itself.</summary>
internal static class BlockText
{
    /// <summary>The decoded texts, separated by line feeds. <paramref name="content"/> is a JSON string or an array of blocks.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        var json = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return JsonText.GetString(ref json);
        var texts = new List<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                AddText(ref json, texts);
        }
        return string.Join('\n', texts);
    }

    /// <summary>Whether the bytes are a JSON string, or else an array of objects: what an index said of a file that has changed since.</summary>
    public static bool IsContent(ReadOnlySpan<byte> content, bool isText)
    {
        try
        {
            var json = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
            bool isContent = json.Read() && json.TokenType == (isText ? JsonTokenType.String : JsonTokenType.StartArray);
            while (json.Read() && !isText && json.TokenType != JsonTokenType.EndArray)
            {
                isContent &= json.TokenType == JsonTokenType.StartObject;
                json.Skip();
            }
            return isContent && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void AddText(ref Utf8JsonReader json, List<string> texts)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = json.ValueTextEquals("text"u8);
            json.Read();
            if (isText && json.TokenType == JsonTokenType.String)
                texts.Add(JsonText.GetString(ref json));
            json.Skip();
        }
    }
}
