using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Locks.Transport.Batches;

/// <summary>The fields of a batch's items, for the types of message that a catalogue has rows for.</summary>
internal static class MessageFields
{
    /// <summary>Finds the field for each row of a catalogue.</summary>
    /// <exception cref="InvalidOperationException">The item has no field, or several, for a type of message.</exception>
    public static MessageFields<TRow> Of<TItem, TRow>(IEnumerable<TRow> rows, Func<TRow, Type> messageType) => new(
        rows.Select(row => (NameOf(typeof(TItem), messageType(row)), row, BatchJson.Default.GetTypeInfo(messageType(row))!)));

    private static byte[] NameOf(Type item, Type message)
    {
        var fields = item.GetProperties().Where(property => property.PropertyType == message).ToList();
        return fields is [var field]
            ? Encoding.UTF8.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(field.Name))
            : throw new InvalidOperationException($"{item.Name} has {fields.Count} fields of {message.Name}; it must have one.");
    }
}

/// <summary>The fields by their names, each with its row in the catalogue and the generated reader.</summary>
internal sealed class MessageFields<TRow>(IEnumerable<(byte[] Name, TRow Row, JsonTypeInfo Json)> fields)
{
    private readonly (byte[] Name, TRow Row, JsonTypeInfo Json)[] _fields = [.. fields];

    /// <summary>Reads the field whose name comes next, if it is one of these.</summary>
    public bool TryRead(ref Utf8JsonReader json, [MaybeNullWhen(false)] out TRow row, out object? message)
    {
        foreach (var field in _fields)
        {
            if (!json.ValueTextEquals(field.Name))
                continue;

            json.Read();
            (row, message) = (field.Row, JsonSerializer.Deserialize(ref json, field.Json));
            return true;
        }

        (row, message) = (default, null);
        return false;
    }
}
