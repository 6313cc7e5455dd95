namespace Parley.Core.Takeover;

/// <summary>A session that can't be packed or installed; the message says why and what to do.</summary>
public sealed class TakeoverException(string message) : Exception(message);
