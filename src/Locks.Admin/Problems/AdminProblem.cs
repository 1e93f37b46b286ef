using Microsoft.AspNetCore.Mvc;

namespace Locks.Admin.Problems;

/// <summary>Why a request was not served. Each kind is a heading in docs/admin-api.md.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Name">The heading.</param>
/// <param name="Title">What happened, the same for all of the kind.</param>
/// <param name="Detail">What happened to this request, and what to do.</param>
internal sealed record AdminProblem(int Status, string Name, string Title, string Detail)
{
    /// <summary>What the type of each problem begins with; the name follows.</summary>
    public const string TypePrefix = "urn:locks:docs/admin-api.md#";

    private const int UnavailableRetrySeconds = 5;

    /// <summary>After how many seconds another try may be worth it.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The broken limits, by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static AdminProblem BadRequest(IReadOnlyDictionary<string, string[]> errors) => new(
        StatusCodes.Status400BadRequest, "bad-request", "The request is not valid.", string.Join(" ", errors.SelectMany(error => error.Value)))
    {
        Errors = errors,
    };

    public static AdminProblem KeyRequired(bool isWrong) => new(
        StatusCodes.Status401Unauthorized,
        "key-required",
        "A key is required.",
        isWrong
            ? "The key in the Authorization header is not one of those in Locks:Admin:ReadKeys and Locks:Admin:WriteKeys."
            : "Send the header 'Authorization: Bearer KEY' with one of the keys in Locks:Admin:ReadKeys or Locks:Admin:WriteKeys.");

    public static AdminProblem ReadOnlyKey() => new(
        StatusCodes.Status403Forbidden,
        "read-only-key",
        "The key allows reading only.",
        "Use a key in Locks:Admin:WriteKeys to change something.");

    public static AdminProblem NotLocal() => new(
        StatusCodes.Status403Forbidden,
        "not-local",
        "Only this machine is served without a key.",
        "To serve others, set Locks:Admin:ReadKeys:NAME and Locks:Admin:WriteKeys:NAME to a key for each operator. A request of this machine "
        + "names localhost, 127.0.0.1 or [::1] as its host, and comes through no proxy.");

    public static AdminProblem CrossSite(string detail) => new(
        StatusCodes.Status403Forbidden, "cross-site", "A write must come from the server's own page or from a program.", detail);

    public static AdminProblem NotJson(string? type) => new(
        StatusCodes.Status415UnsupportedMediaType,
        "unsupported-media-type",
        "The body is not JSON.",
        $"The content type is '{Shown.Of(type)}'; it must be application/json.");

    public static AdminProblem TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        "too-large",
        "The body is too large.",
        $"The body has more than {limit} bytes, which is the limit.");

    public static AdminProblem TooManyWrites(LocksAdminOptions options, int retryAfterSeconds) => new(
        StatusCodes.Status429TooManyRequests,
        "too-many-writes",
        "This operator makes too many writes.",
        $"The limit is {options.WriteBurst} at once and {options.WritesPerMinute} in a minute (Locks:Admin:WriteBurst, WritesPerMinute).")
    {
        RetryAfterSeconds = retryAfterSeconds,
    };

    public static AdminProblem NotHeld(string key) => new(
        StatusCodes.Status404NotFound, "not-held", "No one holds the lock.", $"The lock '{key}' is free, or was never used.");

    public static AdminProblem NotWaiting(string key, Guid attemptId) => new(
        StatusCodes.Status404NotFound, "not-waiting", "No such waiter.", $"No attempt '{attemptId}' is known for the lock '{key}'.");

    public static AdminProblem GrantIsOver(string key, long fencingToken) =>
        Changed($"The grant of lock '{key}' with fencing token {fencingToken} is over, so nothing was released. Look at the lock again.");

    public static AdminProblem HasBeenGranted(string key, Guid attemptId) =>
        Changed($"The attempt '{attemptId}' does not wait any more: it has been granted the lock '{key}'.");

    public static AdminProblem HasEnded(Guid attemptId, string ending) =>
        Changed($"The attempt '{attemptId}' does not wait any more: it has ended ({ending}).");

    public static AdminProblem Unavailable(string detail) => new(
        StatusCodes.Status503ServiceUnavailable, "unavailable", "No coordinator answers.", detail)
    {
        RetryAfterSeconds = UnavailableRetrySeconds,
    };

    public static AdminProblem TooManyStreams(int limit) => new(
        StatusCodes.Status503ServiceUnavailable,
        "too-many-streams",
        "Too many dashboards are open.",
        $"The limit is {limit} streams of events at a time; close one, or ask for /api/v1/statistics instead.")
    {
        RetryAfterSeconds = UnavailableRetrySeconds,
    };

    public static AdminProblem Failed() => new(
        StatusCodes.Status500InternalServerError, "failed", "The server failed.", "The server's log has the cause.");

    /// <summary>The problem as an answer.</summary>
    public IResult ToResult() => new ProblemResult(this);

    /// <summary>The problem as RFC 9457 has it.</summary>
    public ProblemDetails ToDetails()
    {
        var details = new ProblemDetails { Type = TypePrefix + Name, Title = Title, Status = Status, Detail = Detail };
        if (Errors is { } errors)
            details.Extensions["errors"] = errors;
        return details;
    }

    private static AdminProblem Changed(string detail) => new(
        StatusCodes.Status409Conflict, "changed", "It changed before the request arrived.", detail);
}
