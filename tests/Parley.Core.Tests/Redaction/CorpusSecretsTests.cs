using System.Text;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Redaction;

public sealed class CorpusSecretsTests
{
    // Numbers of people, not of machines: nothing looks for them.
    private static readonly string[] NotSecrets = ["ssn", "card", "iban"];

    [Fact]
    public void No_secret_of_the_session_full_of_secrets_is_left()
    {
        Transcript transcript = TranscriptReader.Open(Corpus.Session("16-secrets"));
        var redactor = new Redactor(new RedactionOptions());
        foreach (Entry entry in transcript.Entries())
            redactor.Learn(entry);
        string redacted = string.Concat(transcript.Entries().Select(entry => Encoding.UTF8.GetString(redactor.Redact(entry).Blocks.Span)));

        string[] left = [.. Corpus.Secrets().Where(secret => !NotSecrets.Contains(secret.Key) && redacted.Contains(secret.Value, StringComparison.Ordinal)).Select(secret => secret.Key)];

        Assert.Empty(left);
        Assert.NotEmpty(redactor.Report.Findings);
    }
}
