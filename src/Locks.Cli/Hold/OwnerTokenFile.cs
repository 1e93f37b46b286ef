using Locks.Cli.CommandLine;

namespace Locks.Cli.Hold;

/// <summary>
/// A file for an owner token, which its owner alone can read. It is made before the lock is acquired, so that a token is not lost.
/// </summary>
internal sealed class OwnerTokenFile : IDisposable
{
    private readonly string _path;
    private readonly string _unfinished;

    /// <exception cref="UsageException">The file can't be written.</exception>
    public OwnerTokenFile(string path)
    {
        _path = path;
        // Beside it, so that a file that others can read is replaced and not written to.
        _unfinished = $"{path}.{Guid.CreateVersion7():N}";
        try
        {
            using var _ = Open(FileMode.CreateNew);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file can't be written: {refused.Message}");
        }
    }

    public async Task WriteAsync(string ownerToken)
    {
        var stream = Open(FileMode.Truncate);
        await using (stream.ConfigureAwait(false))
        {
            var writer = new StreamWriter(stream);
            await using var _ = writer.ConfigureAwait(false);
            await writer.WriteLineAsync(ownerToken).ConfigureAwait(false);
        }

        File.Move(_unfinished, _path, overwrite: true);
    }

    /// <summary>Removes what was not finished.</summary>
    public void Dispose() => File.Delete(_unfinished);

    private FileStream Open(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(_unfinished, options);
    }
}
