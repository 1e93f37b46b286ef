namespace NightlyJob.Records;

/// <summary>An instance has closed a shop's day.</summary>
/// <param name="Due">The due time of the job.</param>
/// <param name="Shop">The shop's number, from 1.</param>
/// <param name="Instance">The instance that did it.</param>
/// <param name="Fence">The fencing token under which it did.</param>
internal sealed record ShopClosing(DateTimeOffset Due, int Shop, string Instance, long Fence);
