using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Locks.BatchTransport;

/// <summary>Walks through the fields of an object: <see cref="Next"/>, then either the field's value or <see cref="Pass"/>.</summary>
internal static class JsonFields
{
    /// <summary>Whether there is an object here, and no null; its fields follow.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static bool Object(this ref Utf8JsonReader json) => json.Begins(JsonTokenType.StartObject);

    /// <summary>Whether there is an array here, and no null; its items follow.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static bool Array(this ref Utf8JsonReader json) => json.Begins(JsonTokenType.StartArray);

    /// <summary>Goes to the next field's name; not at the object's end.</summary>
    public static bool Next(this ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes past a field that nobody knows.</summary>
    public static void Pass(this ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>What the generated reader makes of the field's value.</summary>
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

    /// <summary>A text that is likely to be the one that was read before, and is then that.</summary>
    public static string? Text(this ref Utf8JsonReader json, ref string? before)
    {
        json.Read();
        return json.TokenType == JsonTokenType.String && before is not null && json.ValueTextEquals(before) ? before : before = json.GetString();
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

    public static TimeSpan Time(this ref Utf8JsonReader json) => json.TimeOrNull() ?? throw new JsonException("A time was expected, not null.");

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
