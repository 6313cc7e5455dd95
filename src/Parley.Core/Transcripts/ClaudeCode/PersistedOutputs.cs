using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Tool results that were too large for the transcript: the client keeps them in <c>SESSION/tool-results/</c> and leaves a preview, which
/// is replaced here by the whole output.
/// </summary>
internal sealed class PersistedOutputs(SidecarFolder sidecars)
{
    /// <summary>The largest output that is taken whole: 16 MiB. Of a larger one the beginning and the end are, half of this each.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string Folder = "tool-results";
    private const string PathMark = "Full output saved to: ";

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxDepth };
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JsonText.Encoder };

    /// <summary>Whether a tool result's content (a quoted JSON string) is a preview.</summary>
    public static bool IsPreview(ReadOnlySpan<byte> content) => JsonString.StartsWith(content, "<persisted-output>"u8);

    /// <summary>Writes an array's blocks, brackets left out, with each preview replaced where the output's file is there.</summary>
    public void WriteExpanded(ReadOnlySpan<byte> array, IBufferWriter<byte> output)
    {
        int copied = 1;
        var json = new Utf8JsonReader(array, ReaderOptions);
        while (json.Read())
        {
            bool isContent = json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2 && json.ValueTextEquals("content"u8);
            if (!isContent || !json.Read() || json.TokenType != JsonTokenType.String)
                continue;
            int start = (int)json.TokenStartIndex, end = (int)json.BytesConsumed;
            if (!IsPreview(array[start..end]) || Read(JsonText.GetString(ref json)) is not { } whole)
                continue;
            output.Write(array[copied..start]);
            WriteContent(whole, output);
            copied = end;
        }
        output.Write(array[copied..^1]);
    }

    // The file holds what the tool gave: a text, or an MCP server's blocks as JSON.
    private static void WriteContent(byte[] whole, IBufferWriter<byte> output)
    {
        if (!Utf8.IsValid(whole) || !BlockText.IsContent(whole, isText: false))
        {
            using var json = new Utf8JsonWriter(output, WriterOptions);
            json.WriteStringValue(Encoding.UTF8.GetString(whole));
            return;
        }
        // An entry is one line of a bundle. In JSON, line ends stand between values only.
        foreach (Range line in whole.AsSpan().SplitAny("\r\n"u8))
            output.Write(whole.AsSpan(line));
    }

    private byte[]? Read(string preview)
    {
        int start = preview.IndexOf(PathMark, StringComparison.Ordinal);
        if (start < 0)
            return null;
        string path = preview[(start + PathMark.Length)..].Split('\n')[0].Trim();
        try
        {
            using SafeFileHandle? file = sidecars.TryOpen(Folder, path);
            return file is null ? null : Read(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static byte[] Read(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        if (length <= MaxBytes)
            return Range(file, 0, (int)length);
        byte[] note = Encoding.UTF8.GetBytes($"\n\n[{length - MaxBytes} bytes of this output are left out here]\n\n");
        return [.. Range(file, 0, MaxBytes / 2), .. note, .. Range(file, length - MaxBytes / 2, MaxBytes / 2)];
    }

    private static byte[] Range(SafeFileHandle file, long offset, int length)
    {
        var bytes = new byte[length];
        int read = 0;
        for (int got = -1; read < length && got != 0; read += got)
            got = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
        return read == length ? bytes : bytes[..read];
    }
}
