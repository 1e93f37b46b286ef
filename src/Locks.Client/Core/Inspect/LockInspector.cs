using System.Runtime.CompilerServices;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Contracts.Catalogue;

namespace Locks.Client.Core.Inspect;

/// <summary>Asks the coordinators' queries.</summary>
internal sealed class LockInspector(LockClient client) : ILockInspector
{
    private static readonly LockQuery All = new();

    public Task<LockDescription> DescribeAsync(string key, CancellationToken cancellationToken) =>
        AskAsync<DescribeLock, LockDescription>(new DescribeLock(key), nameof(key), cancellationToken);

    public Task<LockPage> ListPageAsync(LockQuery? query = null, string? after = null, CancellationToken cancellationToken = default) =>
        AskAsync<ListLocks, LockPage>((query ?? All).After(after), nameof(query), cancellationToken);

    public Task<LeasePage> ListLeasesPageAsync(
        Guid? after = null, int pageSize = LockLimits.DefaultPage, CancellationToken cancellationToken = default) =>
        AskAsync<ListLeases, LeasePage>(new ListLeases(after, pageSize), nameof(pageSize), cancellationToken);

    public Task<LockStatistics> DescribeStatisticsAsync(CancellationToken cancellationToken = default) =>
        AskAsync<DescribeStatistics, LockStatistics>(new DescribeStatistics(), "query", cancellationToken);

    public Task<CoordinatorsDescription> DescribeCoordinatorsAsync(CancellationToken cancellationToken = default) =>
        AskAsync<DescribeCoordinators, CoordinatorsDescription>(new DescribeCoordinators(), "query", cancellationToken);

    public Task<WaitForGraph> DescribeWaitForGraphAsync(CancellationToken cancellationToken = default) =>
        AskAsync<DescribeWaitForGraph, WaitForGraph>(new DescribeWaitForGraph(), "query", cancellationToken);

    public IAsyncEnumerable<LockSummary> ListAsync(LockQuery? query, CancellationToken cancellationToken)
    {
        CommandCatalogue.TypeOf<ListLocks>().Validate((query ?? All).After(null))?.Throw(nameof(query));
        return PagesAsync(query, cancellationToken);
    }

    public async IAsyncEnumerable<LeaseDescription> ListLeasesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LeasePage? page = null;
        do
        {
            page = await ListLeasesPageAsync(page?.Next, LockLimits.MaxPage, cancellationToken).ConfigureAwait(false);
            foreach (var lease in page.Leases)
                yield return lease;
        }
        while (page.Next is not null);
    }

    private async IAsyncEnumerable<LockSummary> PagesAsync(
        LockQuery? query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LockPage? page = null;
        do
        {
            page = await ListPageAsync(query, page?.Next, cancellationToken).ConfigureAwait(false);
            foreach (var found in page.Locks)
                yield return found;
        }
        while (page.Next is not null);
    }

    private async Task<TAnswer> AskAsync<TQuery, TAnswer>(TQuery query, string parameterName, CancellationToken cancellationToken)
        where TQuery : class
        where TAnswer : class
    {
        CommandCatalogue.TypeOf<TQuery>().Validate(query)?.Throw(parameterName);
        cancellationToken.ThrowIfCancellationRequested();

        var deadline = Deadline.After(client.Time, client.Options.RequestTimeout);
        var answer = await client.RequestDispatcher.RequestAsync(query, deadline, cancellationToken).ConfigureAwait(false);
        return answer as TAnswer
            ?? throw new LockUnavailableException($"The coordinator answered a {typeof(TQuery).Name} with a {answer.GetType().Name}.");
    }
}
