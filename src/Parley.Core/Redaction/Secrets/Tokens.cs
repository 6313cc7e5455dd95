using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises tokens by their own form.</summary>
internal static class Tokens
{
    public static void Recognise(in Scene scene, int at, (TokenRule Rule, int Shape) token)
    {
        Shape shape = token.Rule.Shapes[token.Shape];
        if (!shape.TryMatch(scene.Text, at, out int start, out int end) || !scene.IsStart(start) || !scene.IsEnd(end))
            return;
        ReadOnlySpan<byte> body = start == at ? scene.Text[(at + shape.Anchor.Length)..end] : scene.Text[start..end];
        if (Plausibility.IsTokenBody(body))
            scene.Add(start, end, token.Rule.Name, Certainty.Format);
    }
}
