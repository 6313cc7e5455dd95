using System.Security.Cryptography;
using System.Text;
using Parley.Core.Credentials;
using Parley.Server.Data;
using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>
/// The server's own secret, which never stands in its database, so that a stolen database alone opens nothing: PARLEY_DATA_KEY, else a file
/// that is made at the first start. It seals what has to be read again (AES-256-GCM) and digests what only has to be recognised (HMAC-SHA-256).
/// </summary>
public sealed class DataKey(ReadOnlyMemory<byte> secret)
{
    public const int Bytes = 32;

    private const int NonceBytes = 12, TagBytes = 16;
    private const int LockAttempts = 100;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _sealing = HKDF.Expand(HashAlgorithmName.SHA256, secret.ToArray(), Bytes, "parley sealing"u8.ToArray());
    private readonly byte[] _digesting = HKDF.Expand(HashAlgorithmName.SHA256, secret.ToArray(), Bytes, "parley digesting"u8.ToArray());

    /// <exception cref="StartupException">The file can't be read or written, or holds no key.</exception>
    public static DataKey Load(ServerOptions options) => new(options.DataKey ?? FromFile(options.DataKeyPath));

    /// <summary>A key as people set it: 32 bytes in Base64. Null when it is none.</summary>
    public static byte[]? Parse(string text)
    {
        var key = new byte[Bytes];
        return Convert.TryFromBase64String(text.Trim(), key, out int written) && written == Bytes ? key : null;
    }

    /// <param name="text">What is to be sealed.</param>
    /// <param name="owner">What it belongs to: a box opens beside no other owner's name.</param>
    public byte[] Seal(string text, string owner)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        Span<byte> nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealing, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(^TagBytes..), Encoding.UTF8.GetBytes(owner));
        return box;
    }

    /// <summary>What was sealed; null when that was done with another key or for another owner.</summary>
    public string? Open(byte[] box, string owner)
    {
        if (box.Length < NonceBytes + TagBytes)
            return null;
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_sealing, TagBytes);
        try
        {
            aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, plain.Length), box.AsSpan(^TagBytes..), plain, Encoding.UTF8.GetBytes(owner));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>32 hexadecimal characters that tell nothing about the text to those who lack the key.</summary>
    public string Digest(string text) => Convert.ToHexStringLower(Digest(Encoding.UTF8.GetBytes(text)));

    /// <summary>The same in 16 bytes.</summary>
    public byte[] Digest(ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(_digesting, bytes)[..16];

    private static byte[] FromFile(string path)
    {
        try
        {
            PrivateFile.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            string text = new FileInfo(path) is { Exists: true, Length: > 0 } ? Read(path) : ReadOrCreate(path);
            return Parse(text) ?? throw new StartupException($"{path} holds no key: it is {Bytes} bytes in Base64. Restore it, or delete it and lose sight of the tokens made so far.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data key {path} can't be used: {e.Message} Set PARLEY_DATA_KEY, or make the folder writable.", e);
        }
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(OpenInTurn(path, new() { Mode = FileMode.Open, Share = FileShare.Read }));
        return reader.ReadToEnd();
    }

    // Whoever holds the file alone and finds it empty fills it. A rename could not decide between servers that start together: on Unix it replaces.
    private static string ReadOrCreate(string path)
    {
        using FileStream file = OpenInTurn(path, new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });
        if (file.Length == 0)
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)) + "\n"));
            file.Flush(flushToDisk: true);
            file.Position = 0;
        }
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    // Another server holds the file for the moment that it takes to write a line.
    private static FileStream OpenInTurn(string path, FileStreamOptions options)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return PrivateFile.Open(path, options);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && attempt < LockAttempts)
            {
                Thread.Sleep(LockPause);
            }
        }
    }
}
