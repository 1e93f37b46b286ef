using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Locks.Transport.Batches;

/// <summary>Walks through the fields of an object: <see cref="Next"/>, then either the field's value or <see cref="SkipField"/>.</summary>
internal static class JsonFields
{
    /// <summary>Whether an object begins here, and not null. Its fields follow.</summary>
    /// <exception cref="JsonException">Something else begins here.</exception>
    public static bool Object(this ref Utf8JsonReader json) => json.Begins(JsonTokenType.StartObject);

    /// <summary>Whether an array begins here, and not null. Its items follow.</summary>
    /// <exception cref="JsonException">Something else begins here.</exception>
    public static bool Array(this ref Utf8JsonReader json) => json.Begins(JsonTokenType.StartArray);

    /// <summary>Moves to the next field's name. False at the object's end.</summary>
    public static bool Next(this ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Skips the value of an unknown field.</summary>
    public static void SkipField(this ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>Reads the field's value with the generated reader.</summary>
    public static T? Value<T>(this ref Utf8JsonReader json, JsonTypeInfo<T> form)
    {
        json.Read();
        return JsonSerializer.Deserialize(ref json, form);
    }

    public static string? Text(this ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }

    /// <summary>Reads a text that is likely to be the one that was read before, and then returns that one.</summary>
    public static string? Text(this ref Utf8JsonReader json, ref string? before)
    {
        json.Read();
        return json.TokenType == JsonTokenType.String && before is not null && json.ValueTextEquals(before)
            ? before
            : before = json.GetString();
    }

    public static Guid Id(this ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetGuid();
    }

    public static Guid? IdOrNull(this ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : json.GetGuid();
    }

    public static long Number(this ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetInt64();
    }

    public static bool Flag(this ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetBoolean();
    }

    public static TimeSpan Time(this ref Utf8JsonReader json) =>
        json.TimeOrNull() ?? throw new JsonException("A time was expected, not null.");

    public static TimeSpan? TimeOrNull(this ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
            return null;
        return json.TokenType == JsonTokenType.String
            && Utf8Parser.TryParse(json.ValueSpan, out TimeSpan time, out var length, 'c')
            && length == json.ValueSpan.Length
                ? time
                : throw new JsonException("A time was expected, such as 00:00:30.");
    }

    private static bool Begins(this ref Utf8JsonReader json, JsonTokenType start)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => false,
            var token when token == start => true,
            var token => throw new JsonException($"{start} was expected, not {token}."),
        };
    }
}
