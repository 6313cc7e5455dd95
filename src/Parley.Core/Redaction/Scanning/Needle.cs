namespace Parley.Core.Redaction.Scanning;

/// <summary>A byte string whose presence makes a closer look worth while.</summary>
/// <param name="Text">The bytes, at least three; lower-case when <paramref name="IgnoreCase"/>.</param>
/// <param name="IgnoreCase">Whether ASCII letters match in either case.</param>
/// <param name="Tag">What the owner of the needle wants to be told on a hit.</param>
internal readonly record struct Needle(byte[] Text, bool IgnoreCase, int Tag);

/// <summary>A place where a whole needle stands.</summary>
/// <param name="Start">The needle's first byte.</param>
/// <param name="Needle">The needle's index in its set.</param>
internal readonly record struct Hit(int Start, int Needle);
