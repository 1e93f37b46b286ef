using Spectre.Console;

namespace PaymentCapture.Running;

/// <summary>Progress on standard error: a bar where somebody watches, else a line for each tenth.</summary>
internal static class ProgressView
{
    public static Task<T> ShowAsync<T>(Func<Action<int, int>, Task<T>> work) => Notes.AreWatched ? ShowBarAsync(work) : ShowLinesAsync(work);

    private static Task<T> ShowBarAsync<T>(Func<Action<int, int>, Task<T>> work) =>
        Notes.Terminal.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("capturing");
                return work((done, all) => bar.MaxValue(all).Value(done));
            });

    private static Task<T> ShowLinesAsync<T>(Func<Action<int, int>, Task<T>> work)
    {
        var tenths = 0;
        return work((done, all) =>
        {
            var now = (int)(10L * done / all);
            if (now > tenths)
                Notes.Write($"{now * 10,3} %  {done:N0} of {all:N0}");
            tenths = now;
        });
    }
}
