using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Takeover;

public sealed class RedactedPackingTests : IDisposable
{
    // Numbers of people, not of machines: nothing looks for them.
    private static readonly string[] NotSecrets = ["ssn", "card", "iban"];

    private readonly string _temporary = Directory.CreateTempSubdirectory("parley-redacted-").FullName;

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    public void Dispose() => Directory.Delete(_temporary, recursive: true);

    [Fact]
    public void No_secret_is_in_any_file()
    {
        using PackedSession packed = Pack("16-secrets");
        string all = string.Concat(packed.Files.Select(Read));
        Assert.Empty(Corpus.Secrets().Where(secret => !NotSecrets.Contains(secret.Key) && all.Contains(secret.Value, StringComparison.Ordinal)).Select(secret => secret.Key));
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void No_path_of_the_author_and_no_thinking_is_in_any_file(string name)
    {
        using PackedSession packed = Pack(name);
        Assert.Equal(new SessionOrigin(null, null), packed.Origin);
        foreach (PackedFile file in packed.Files)
        {
            string text = Read(file);
            Assert.DoesNotContain("jane.doe", text);
            Assert.DoesNotContain("\"type\":\"thinking\"", text);
            Assert.DoesNotContain("\"type\":\"redacted_thinking\"", text);
        }
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Ids_and_the_order_of_the_lines_are_what_they_were(string name)
    {
        using PackedSession packed = Pack(name);
        string[] redacted = [.. Read(packed.Files[0]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(IdOf).OfType<string>()];
        string[] original = [.. File.ReadLines(Corpus.Session(name)).Select(IdOf).OfType<string>()];
        Assert.NotEmpty(redacted);
        Assert.Equal(original.Where(redacted.Contains), redacted);
    }

    [Fact]
    public void The_copies_go_with_the_packed_session()
    {
        PackedSession packed = Pack("08-huge-output");
        Assert.NotEmpty(Directory.GetFiles(_temporary, "*", SearchOption.AllDirectories));
        packed.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_temporary));
    }

    private PackedSession Pack(string name)
    {
        TranscriptInfo info = TranscriptReader.Open(Corpus.Session(name)).Info;
        var options = new RedactionOptions { HomeFolders = ["/home/jane.doe"], UserNames = ["jane.doe"], ProjectFolders = [info.WorkingDirectory!] };
        return SessionPacker.PackRedacted(info, new Redactor(options), _temporary);
    }

    private static string Read(PackedFile file)
    {
        using Stream stream = file.Open();
        var bytes = new byte[file.Length];
        stream.ReadExactly(bytes);
        Assert.Equal(-1, stream.ReadByte());
        return Encoding.UTF8.GetString(bytes);
    }

    private static string? IdOf(string line) => JsonDocument.Parse(line).RootElement.TryGetProperty("uuid", out JsonElement uuid) ? uuid.GetString() : null;
}
