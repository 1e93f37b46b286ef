namespace Locks.Admin.Json;

/// <summary>Answers in the API's form.</summary>
internal static class AdminResults
{
    /// <summary>200, with a value.</summary>
    public static IResult Ok<T>(T value) => TypedResults.Json(value, AdminJson.Options);
}
