using System.Data.Common;
using System.Globalization;

namespace Parley.Server.Data;

/// <summary>The current row of a result, with the types that both databases can give.</summary>
public readonly struct Row(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    /// <summary>The bytes of a binary or a text column.</summary>
    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public DateTimeOffset Time(int column) => reader is Npgsql.NpgsqlDataReader
        ? reader.GetFieldValue<DateTimeOffset>(column)
        : DateTimeOffset.ParseExact(reader.GetString(column), SqliteLink.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
