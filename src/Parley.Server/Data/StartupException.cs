namespace Parley.Server.Data;

/// <summary>The server can't start; the message is one sentence for the person who started it.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
