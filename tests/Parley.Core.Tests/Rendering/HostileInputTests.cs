using System.Diagnostics;
using System.Text;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class HostileInputTests
{
    private const int Length = 120_000;

    public static TheoryData<string> Texts =>
    [
        .. new[] { "[", "![", "*", "*a _b ", "`", "`a``b", "> ", "- ", "<", "&", "|", "|a", "a|\n", "\n|-|-|\n", "[a](", "[a][b]", "[a]:b\n", "https://", "<https://", "~~a", "\\", "# ",
            "1. a\n   ", "    ", "\t", "```\n", "**a*", "_a__b", "]([", "&#x41;", "http://http://", "`h", "\e[31m", "\e]8;;", "\r", "[REDACTED:", "[truncated: 1", "\0", "\u202e", "x" }
            .Select(piece => Repeat(piece)),
        Nested("> "), Nested("  ") + "- deep", string.Concat(Enumerable.Range(1, 400).Select(i => new string('>', i) + " a\n")),
        "|" + Repeat("a|") + "\n|" + Repeat("-|") + "\n" + Repeat("|\n"),
        string.Concat(Enumerable.Range(0, 300).Select(i => new string(' ', i * 2) + "- l\n")),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Hostile_text_is_rendered_in_bounded_time_and_space(string text)
    {
        var time = Stopwatch.StartNew();
        Entry[] places =
        [
            Answer(text), Prompt(text), Call("Edit", new { file_path = text, old_string = text, new_string = "x" + text }), Call(text, new { value = text }), Result(text),
        ];
        foreach (Entry entry in places)
        {
            string html = Html(entry);
            Assert.True(html.Length < 12_000_000, $"{html.Length} characters of HTML");
            AllowList.AssertHolds(Parse(html));
        }
        // Anything that is not linear takes minutes at this length.
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(10), $"{time.Elapsed}");
    }

    [Fact]
    public void A_diff_of_ten_thousand_different_lines_is_bounded()
    {
        string before = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"old {i}\n")), after = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"new {i * 7}\n"));
        var time = Stopwatch.StartNew();

        var article = Article(Call("Edit", new { file_path = "x", old_string = before, new_string = after }));

        Assert.Equal("+10000 −10000", article.One(".counts").TextContent);
        Assert.True(article.QuerySelectorAll(".l").Length <= 3000);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(10), $"{time.Elapsed}");
    }

    [Fact]
    public void Blocks_nested_too_deeply_are_a_quiet_line()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 600)) + "1" + new string('}', 600);
        var entry = new Entry { Role = Role.Assistant, Blocks = Encoding.UTF8.GetBytes($"[{{\"type\":\"tool_use\",\"name\":\"x\",\"input\":{deep}}}]") };

        Assert.Contains("nested too deeply", Article(entry).TextContent, StringComparison.Ordinal);
        Assert.Equal("", PlainText.Of(entry));
    }

    [Fact]
    public void A_lone_surrogate_is_shown_as_a_replacement_character()
    {
        var entry = new Entry
        {
            Role = Role.Assistant,
            Blocks = """[{"type":"text","text":"a\ud83db"},{"type":"tool_use","name":"\udc00","input":{"\ud83d":"\ud83d"}}]"""u8.ToArray(),
        };

        Assert.Contains("a\ufffdb", Article(entry).TextContent, StringComparison.Ordinal);
        AllowList.AssertHolds(Article(entry));
        Assert.Contains("a\ufffdb", PlainText.Of(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_real_session_renders_to_what_is_allowed()
    {
        foreach (string name in Corpus.Names)
        {
            var renderer = new EntryRenderer();
            var html = new System.Buffers.ArrayBufferWriter<byte>();
            long seq = 0;
            foreach (Entry entry in TranscriptReader.Open(Corpus.Session(name)).Entries())
            {
                html.ResetWrittenCount();
                renderer.Render(entry, ++seq, html);
                AllowList.AssertHolds(Parse(Encoding.UTF8.GetString(html.WrittenSpan)));
            }
            Assert.True(seq > 0, name);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_blocks_render_to_what_is_allowed(int seed)
    {
        var random = new RandomBlocks(seed);
        var renderer = new EntryRenderer();
        var html = new System.Buffers.ArrayBufferWriter<byte>();
        for (int i = 1; i <= 400; i++)
        {
            Entry entry = random.Entry();
            html.ResetWrittenCount();
            renderer.Render(entry, i, html);
            try
            {
                AllowList.AssertHolds(Parse(Encoding.UTF8.GetString(html.WrittenSpan)));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, entry {i}: {Encoding.UTF8.GetString(entry.Blocks.Span)}", e);
            }
            _ = PlainText.Of(entry);
        }
    }

    private static string Repeat(string piece) => string.Concat(Enumerable.Repeat(piece, Length / piece.Length));

    private static string Nested(string piece) => string.Concat(Enumerable.Repeat(piece, 5000));
}
