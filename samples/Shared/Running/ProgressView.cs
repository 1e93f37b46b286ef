using Spectre.Console;

namespace Samples.Running;

/// <summary>Progress on standard error: a bar on a terminal, else a line for each tenth.</summary>
public static class ProgressView
{
    /// <summary>Shows the progress of work.</summary>
    /// <param name="label">What the bar is called.</param>
    /// <param name="work">Reports how many of how many are done.</param>
    public static Task<T> ShowAsync<T>(string label, Func<Action<int, int>, Task<T>> work) =>
        Notes.IsTerminal ? ShowBarAsync(label, work) : ShowLinesAsync(work);

    private static Task<T> ShowBarAsync<T>(string label, Func<Action<int, int>, Task<T>> work) =>
        Notes.Terminal.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(label);
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
