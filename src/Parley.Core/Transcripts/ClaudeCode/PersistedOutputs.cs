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
        while (NextPreview(ref json, array) is { } path)
        {
            if (Read(path) is not { } whole)
                continue;
            output.Write(array[copied..(int)json.TokenStartIndex]);
            WriteContent(whole, output);
            copied = (int)json.BytesConsumed;
        }
        output.Write(array[copied..^1]);
    }

    /// <summary>The paths that an array's previews name, as they stand there.</summary>
    public static IReadOnlyList<string> PathsIn(ReadOnlySpan<byte> array)
    {
        var paths = new List<string>();
        var json = new Utf8JsonReader(array, ReaderOptions);
        while (NextPreview(ref json, array) is { } path)
            paths.Add(path);
        return paths;
    }

    /// <summary>How much of an output is there, in bytes.</summary>
    public long LengthOf(string path) => sidecars.LengthOf(Folder, path);

    // Moves to the next tool result's content that is a preview, and gives the path that it names.
    private static string? NextPreview(ref Utf8JsonReader json, ReadOnlySpan<byte> array)
    {
        while (json.Read())
        {
            bool isContent = json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2 && json.ValueTextEquals("content"u8);
            if (!isContent || !json.Read() || json.TokenType != JsonTokenType.String)
                continue;
            if (IsPreview(array[(int)json.TokenStartIndex..(int)json.BytesConsumed]) && PathIn(JsonText.GetString(ref json)) is { } path)
                return path;
        }
        return null;
    }

    private static string? PathIn(string preview) => preview.IndexOf(PathMark, StringComparison.Ordinal) is var start and >= 0
        ? preview[(start + PathMark.Length)..].Split('\n')[0].Trim()
        : null;

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

    private byte[]? Read(string path)
    {
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
