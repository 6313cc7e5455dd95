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

    /// <summary>Whether the bytes are valid JSON of a content's form: a string, or else an array of objects.</summary>
    public static bool IsContent(ReadOnlySpan<byte> content, bool isText)
    {
        var json = new JsonScanner(content);
        bool isForm = json.Next == (isText ? '"' : '[');
        json.SkipValid();
        return isForm && json.Next == 0 && !json.IsBroken && (isText || AreObjects(content));
    }

    private static bool AreObjects(ReadOnlySpan<byte> array)
    {
        var json = new JsonScanner(array);
        json.TryEnter((byte)'[');
        for (bool isFirst = true; json.NextItem(ref isFirst);)
        {
            if (json.Next != '{')
                return false;
            json.Skip();
        }
        return true;
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
