using Parley.Server.Mail;

namespace Parley.Server.Tests.Mail;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("Ana@Example.ORG", "ana@example.org")]
    [InlineData("  ana.b+tag@sub.example.co.uk\t", "ana.b+tag@sub.example.co.uk")]
    [InlineData("ana@bücher.example", "ana@xn--bcher-kva.example")]
    [InlineData("o'neill@example.org", "o'neill@example.org")]
    public void An_address_is_stored_in_one_form(string text, string address) => Assert.Equal(address, EmailAddress.Normalize(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ana")]
    [InlineData("@example.org")]
    [InlineData("ana@")]
    [InlineData("ana@exa mple.org")]
    [InlineData("ana@example.org, eve@example.org")]
    [InlineData("ana@example.org\r\nBcc: eve@example.org")]
    [InlineData("ana@example.org\0")]
    [InlineData("<ana@example.org>")]
    [InlineData("\"ana\"@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData(".ana@example.org")]
    [InlineData("ana@-example.org")]
    [InlineData("ana@example.org.")]
    [InlineData("ana@[127.0.0.1]")]
    [InlineData("\u202eana@example.org")]
    [InlineData("änä@example.org")]
    public void What_is_no_plain_address_is_none(string? text) => Assert.Null(EmailAddress.Normalize(text));

    [Fact]
    public void An_address_is_as_long_as_mail_allows_and_no_longer()
    {
        string domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 3));

        Assert.NotNull(EmailAddress.Normalize($"{new string('a', EmailAddress.MaxLocalLength)}@{domain}"));
        Assert.Null(EmailAddress.Normalize($"{new string('a', EmailAddress.MaxLocalLength + 1)}@{domain}"));
        Assert.Null(EmailAddress.Normalize($"{new string('a', 64)}@{domain}.{new string('e', 60)}"));
    }

    [Theory]
    [InlineData("smtps://me:p%40ss@mail.example:2525", "mail.example", 2525, true, "me", "p@ss")]
    [InlineData("smtps://mail.example", "mail.example", 587, true, null, null)]
    [InlineData("smtp://localhost", "localhost", 25, false, null, null)]
    [InlineData("smtp://me:x@127.0.0.1:1025", "127.0.0.1", 1025, false, "me", "x")]
    public void A_mail_server_is_named_by_an_address(string url, string host, int port, bool isEncrypted, string? user, string? password)
    {
        var options = MailOptions.Parse(url, null);

        Assert.Equal((host, port, isEncrypted, user, password), (options.Host, options.Port, options.IsEncrypted, options.Login?.UserName, options.Login?.Password));
        Assert.Equal($"noreply@{host}", options.From);
    }

    [Theory]
    [InlineData("smtp://me:secret@mail.example")]
    [InlineData("mail.example")]
    [InlineData("https://me:secret@mail.example")]
    [InlineData("smtps://me:secret@mail.example/path")]
    public void What_would_send_a_password_in_the_clear_or_makes_no_sense_is_refused_without_showing_it(string url) =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => MailOptions.Parse(url, null)).Message, StringComparison.Ordinal);
}
