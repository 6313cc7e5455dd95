using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises tokens by their own form, in one text.</summary>
internal ref struct Tokens
{
    private Dictionary<int, int>? _triedUpTo;

    public void Recognise(in Scene scene, int at, int tag)
    {
        (TokenRule rule, int index) = SecretNeedles.Token(tag);
        Shape shape = rule.Shapes[index];
        if (shape.BeginsWithAnchor && !scene.IsStart(at) || WasTried(tag, at))
            return;
        bool matches = shape.TryMatch(scene.Text, at, out int start, out int end);
        Remember(tag, end);
        if (!matches || !scene.IsStart(start) || !scene.IsEnd(end))
            return;
        ReadOnlySpan<byte> body = start == at ? scene.Text[(at + shape.Anchor.Length)..end] : scene.Text[start..end];
        if (Plausibility.IsTokenBody(body))
            Add(scene, start, end, rule.Name);
    }

    private static void Add(in Scene scene, int start, int end, string rule)
    {
        scene.Add(start, end, rule, Certainty.Format);
        if (rule == "aws-access-key")
            AwsSecrets.RecogniseNear(scene, start, end);
    }

    // A run that was read for a pattern is not read for it again from the middle: so text full of anchors costs linear time.
    private readonly bool WasTried(int tag, int at) => _triedUpTo is not null && _triedUpTo.TryGetValue(tag, out int end) && at < end;

    private void Remember(int tag, int end) => (_triedUpTo ??= [])[tag] = end;
}
