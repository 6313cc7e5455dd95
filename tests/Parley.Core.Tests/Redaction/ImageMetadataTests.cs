using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Parley.Core.Redaction;
using Parley.Core.Redaction.Images;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>Images lose the text in them and nothing else.</summary>
public sealed class ImageMetadataTests
{
    private const string Text = "taken at Jane's desk";

    public static TheoryData<string> Kinds => ["png", "jpeg", "gif", "webp"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Text_goes_and_the_rest_stays_byte_by_byte(string kind) => Assert.Equal(Image(kind, ""), ImageMetadata.Remove(Image(kind, Text)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_without_text_stays_as_it_is(string kind) => Assert.Null(ImageMetadata.Remove(Image(kind, "")));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_image_makes_it_fail_however_it_is_damaged(string kind)
    {
        byte[] image = Image(kind, Text);
        var random = new Random(1);
        for (int length = 0; length < image.Length; length++)
            ImageMetadata.Remove(image.AsSpan(0, length));
        for (int i = 0; i < 5_000; i++)
        {
            byte[] damaged = [.. image];
            for (int change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Assert.True(ImageMetadata.Remove(damaged) is null or { Length: > 0 });
        }
    }

    [Fact]
    public void The_orientation_of_a_photograph_stays()
    {
        byte[] cleaned = ImageMetadata.Remove(Jpeg([.. Segment(0xE1, [.. "Exif\0\0"u8, .. Tiff(orientation: 6)])]))!;

        Assert.Equal(-1, Encoding.Latin1.GetString(cleaned).IndexOf("Jane", StringComparison.Ordinal));
        Assert.Equal(6, cleaned[cleaned.AsSpan().IndexOf("Exif\0\0"u8) + 6 + 8 + 2 + 9]);
    }

    [Fact]
    public void What_follows_the_end_of_a_png_goes() => Assert.Equal(Image("png", ""), ImageMetadata.Remove([.. Image("png", ""), .. "secret"u8]));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_in_a_message_is_cleaned_and_reported(string kind)
    {
        var redactor = new Redactor(new RedactionOptions());
        var output = new ArrayBufferWriter<byte>();

        redactor.RedactJson(Message(Image(kind, Text)), output);

        Assert.Equal(Encoding.UTF8.GetString(Message(Image(kind, ""))), Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal("line 1, image", Assert.Single(redactor.Report.Findings).Place);
    }

    private static byte[] Message(byte[] image) => Encoding.UTF8.GetBytes(
        $$"""[{"type":"image","source":{"media_type":"image/x","type":"base64","data":"{{Convert.ToBase64String(image)}}" } },{"type":"text","text":"see above"}]""");

    private static byte[] Image(string kind, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        bool has = bytes.Length > 0;
        return kind switch
        {
            "png" => [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR", new byte[13]), .. has ? Chunk("tEXt", bytes) : [], .. has ? Chunk("iTXt", bytes) : [], .. Chunk("IDAT", [1, 2, 3]), .. Chunk("IEND", [])],
            "jpeg" => Jpeg(has ? [.. Segment(0xFE, bytes), .. Segment(0xE1, bytes), .. Segment(0xED, bytes)] : []),
            "gif" => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, .. new byte[6], .. has ? [0x21, 0xFE, (byte)bytes.Length, .. bytes, 0] : Array.Empty<byte>(),
                0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0, 0x2C, .. new byte[9], 2, 2, 0x4C, 1, 0, 0x3B],
            _ => WebP(has ? [.. Riff("EXIF", bytes), .. Riff("XMP ", bytes)] : [], (byte)(has ? 0x1C : 0x10)),
        };
    }

    private static byte[] Jpeg(byte[] segments) => [0xFF, 0xD8, .. Segment(0xE0, "JFIF\0"u8), .. segments, .. Segment(0xDB, new byte[64]), .. Segment(0xDA, [1, 2, 3]), 7, 8, 9, 0xFF, 0xD9];

    private static byte[] WebP(byte[] metadata, byte flags)
    {
        byte[] chunks = [.. Riff("VP8X", [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]), .. Riff("VP8 ", [1, 2, 3]), .. metadata], size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, chunks.Length + 4);
        return [.. "RIFF"u8, .. size, .. "WEBP"u8, .. chunks];
    }

    private static byte[] Riff(string name, byte[] data) => [.. Encoding.ASCII.GetBytes(name), (byte)data.Length, 0, 0, 0, .. data, .. new byte[data.Length & 1]];

    private static byte[] Chunk(string type, byte[] data) => [0, 0, 0, (byte)data.Length, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> data) => [0xFF, marker, 0, (byte)(data.Length + 2), .. data];

    // One directory with a camera's owner and the orientation.
    private static byte[] Tiff(byte orientation) =>
        [.. "II*\0"u8, 8, 0, 0, 0, 2, 0, 0x30, 0xA4, 2, 0, 4, 0, 0, 0, .. "Jane"u8, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
}
