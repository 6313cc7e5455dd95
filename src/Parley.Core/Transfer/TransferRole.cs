namespace Parley.Core.Transfer;

/// <summary>Which of the two sides this is. The values are those of the handshake.</summary>
public enum TransferRole : byte
{
    Sender = 1,
    Receiver = 2,
}
