using System.Text.Json;
using Locks.Admin.Json;
using Locks.Admin.Problems;

namespace Locks.Admin.Writing;

/// <summary>Reads the body of a write.</summary>
internal static class BodyReader
{
    /// <summary>How large a body may be: a key and a reason of the greatest length, with every character escaped.</summary>
    public const int MaxBytes = 16 * 1024;

    private const string WholeBody = "body";

    /// <summary>The body, or what is wrong with it.</summary>
    public static async Task<(T? Body, AdminProblem? Problem)> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            var body = await context.Request.ReadFromJsonAsync<T>(AdminJson.Options, context.RequestAborted).ConfigureAwait(false);
            return body is null ? (null, Unreadable(WholeBody, "is missing")) : (body, null);
        }
        catch (JsonException malformed)
        {
            return malformed.Path is { Length: > 2 } path
                ? (null, Unreadable(path[2..], "is not known, or not of the kind that the description of the API gives"))
                : (null, Unreadable(WholeBody, "is not one JSON object with the fields that the description of the API gives"));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, AdminProblem.TooLarge(MaxBytes));
        }
    }

    private static AdminProblem Unreadable(string field, string problem)
    {
        var errors = new FieldErrors();
        errors.Add(Shown.Of(field), $"The field '{Shown.Of(field)}' {problem}.");
        return errors.ToProblem();
    }
}
