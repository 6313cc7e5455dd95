using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Cli.Takeover;

/// <summary>A file that holds a session's entries: a bundle, or the JSON export, which is a bundle without its first and last line.</summary>
internal static class BundleFile
{
    /// <summary>The longest line that a bundle's header may be.</summary>
    private const int MaxHeader = 1024 * 1024;

    /// <summary>The bundle; null when the file is something else.</summary>
    /// <exception cref="Failure">There is no such file.</exception>
    public static FileStream? TryOpen(string path, ArrivalFolder arrival)
    {
        if (!File.Exists(path))
            throw new Failure($"there is no file {path}.");
        FileStream file = File.OpenRead(path);
        switch (KindOf(FirstLine(file)))
        {
            case Kind.Bundle:
                file.Position = 0;
                return file;
            case Kind.Entries:
                using (file)
                    return Complete(file, Path.GetFileNameWithoutExtension(path), arrival);
            default:
                file.Dispose();
                return null;
        }
    }

    private static FileStream Complete(FileStream entries, string title, ArrivalFolder arrival)
    {
        FileStream bundle = arrival.CreateFile("bundle.jsonl");
        var head = new ArrayBufferWriter<byte>();
        new BundleWriter(head).WriteHeader(new SessionHeader { Title = title, Project = "" });
        bundle.Write(head.WrittenSpan);
        entries.Position = 0;
        long lines = 0;
        byte last = (byte)'\n';
        var buffer = new byte[MaxHeader];
        while (entries.Read(buffer) is var read and > 0)
        {
            bundle.Write(buffer, 0, read);
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }
        bool isEnded = last == '\n';
        bundle.Write(Encoding.UTF8.GetBytes($"{(isEnded ? "" : "\n")}{{\"entries\":{lines + (isEnded ? 0 : 1)}}}\n"));
        return bundle;
    }

    private static byte[] FirstLine(FileStream file)
    {
        var line = new byte[(int)Math.Min(MaxHeader, file.Length)];
        int read = file.ReadAtLeast(line, line.Length, throwOnEndOfStream: false);
        int end = line.AsSpan(0, read).IndexOf((byte)'\n');
        return line[..(end < 0 ? read : end)];
    }

    // By the first members of the first line, which may be longer than what was read of it.
    private static Kind KindOf(byte[] line)
    {
        var json = new Utf8JsonReader(line, isFinalBlock: false, default);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName)
                return Kind.Other;
            return json.ValueTextEquals("parley"u8) ? Kind.Bundle
                : json.ValueTextEquals("seq"u8) || json.ValueTextEquals("role"u8) ? Kind.Entries
                : Kind.Other;
        }
        catch (JsonException)
        {
            return Kind.Other;
        }
    }

    private enum Kind
    {
        Other,
        Bundle,
        Entries,
    }
}
