using Locks.Admin.Problems;
using Locks.Admin.Reading;

namespace Locks.Admin.Live;

/// <summary>What changes, as it changes.</summary>
internal static class LiveEndpoints
{
    private const string EventStream = "text/event-stream";

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/events", Subscribe).WithOperation("subscribe").Produces<LiveSnapshot>(StatusCodes.Status200OK, EventStream);

    /// <summary>Sends what the dashboard shows, once a second, as server-sent events.</summary>
    /// <remarks>
    /// The event snapshot has a LiveSnapshot; the event problem has problem details, while no coordinator answers. All subscribers get the same
    /// events, and one that reads slowly misses some.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="feed">The events.</param>
    public static IResult Subscribe(HttpRequest request, LiveFeed feed)
    {
        var problem = new QueryReader(request).Problem
            ?? (feed.Subscribers < LiveFeed.MaxSubscribers ? null : AdminProblem.TooManyStreams(LiveFeed.MaxSubscribers));
        return problem?.ToResult() ?? TypedResults.ServerSentEvents(feed.SubscribeAsync());
    }
}
