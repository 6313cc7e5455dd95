using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>What stands in content blocks, counted.</summary>
internal sealed class Blocks
{
    private static readonly string[] FileMembers = ["file_path", "notebook_path", "path"];

    public int ToolCalls { get; private set; }

    public int ToolResults { get; private set; }

    public int Thinking { get; private set; }

    /// <summary>The images since the counting began; their pixels are read by nobody.</summary>
    public List<Image> Images { get; } = [];

    /// <summary>The files that tool calls name, and how often.</summary>
    public SortedDictionary<string, int> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts a JSON array of blocks.</summary>
    public void Count(ReadOnlySpan<byte> blocks, int entry)
    {
        var json = new Utf8JsonReader(blocks, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        json.Read();
        CountArray(ref json, entry);
    }

    /// <summary>The text of the first <c>text</c> block; null when there is none.</summary>
    public static string? FirstText(ReadOnlySpan<byte> blocks)
    {
        var json = new Utf8JsonReader(blocks, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            string? type = null, text = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = JsonText.GetString(ref json);
                json.Read();
                if (json.TokenType == JsonTokenType.String && name is "type" or "text")
                    _ = name == "type" ? type = JsonText.GetString(ref json) : text = JsonText.GetString(ref json);
                else
                    json.Skip();
            }
            if (type == "text" && text is not null)
                return text;
        }
        return null;
    }

    private void CountArray(ref Utf8JsonReader json, int entry)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                CountBlock(ref json, entry);
            else
                json.Skip();
        }
    }

    private void CountBlock(ref Utf8JsonReader json, int entry)
    {
        string? type = null;
        Image? image = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = json.ValueTextEquals("type"u8), isInput = json.ValueTextEquals("input"u8);
            bool isSource = json.ValueTextEquals("source"u8), isContent = json.ValueTextEquals("content"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                type = JsonText.GetString(ref json);
            else if (isInput && json.TokenType == JsonTokenType.StartObject)
                CountFiles(ref json);
            else if (isSource && json.TokenType == JsonTokenType.StartObject)
                image = ReadSource(ref json, entry);
            else if (isContent && json.TokenType == JsonTokenType.StartArray)
                CountArray(ref json, entry);
            else
                json.Skip();
        }
        CountType(type, image);
    }

    private void CountType(string? type, Image? image)
    {
        if (type is "tool_use" or "server_tool_use" or "mcp_tool_use")
            ToolCalls++;
        else if (type?.EndsWith("tool_result", StringComparison.Ordinal) == true)
            ToolResults++;
        else if (type is "thinking" or "redacted_thinking")
            Thinking++;
        else if (type == "image" && image is not null)
            Images.Add(image);
    }

    private void CountFiles(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isFile = false;
            foreach (string member in FileMembers)
                isFile |= json.ValueTextEquals(member);
            json.Read();
            if (isFile && json.TokenType == JsonTokenType.String)
                Files[JsonText.GetString(ref json)] = Files.GetValueOrDefault(JsonText.GetString(ref json)) + 1;
            else
                json.Skip();
        }
    }

    private static Image ReadSource(ref Utf8JsonReader json, int entry)
    {
        string mediaType = "";
        long bytes = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = json.ValueTextEquals("media_type"u8), isData = json.ValueTextEquals("data"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                mediaType = JsonText.GetString(ref json);
            else if (isData && json.TokenType == JsonTokenType.String)
                bytes = json.ValueSpan.Length / 4 * 3; // base64
            else
                json.Skip();
        }
        return new Image(entry, mediaType, bytes);
    }
}

/// <summary>An image that goes out.</summary>
/// <param name="Entry">The number of the entry that holds it.</param>
/// <param name="MediaType">For example <c>image/png</c>.</param>
/// <param name="Bytes">Its size, approximately.</param>
internal sealed record Image(int Entry, string MediaType, long Bytes);
