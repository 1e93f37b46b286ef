using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Sqlite;

/// <summary>
/// The right to use a database file, which one store of one process has at a time: an open file beside it that the operating system locks. It
/// ends with the process, however that ends. The file itself stays, because deleting it would let two processes lock two files of that name.
/// </summary>
internal sealed class FileOwnership : IDisposable
{
    private const string Suffix = ".lock";

    // What the systems say of a file that another one has locked: Linux, macOS, Windows (shared and locked).
    private static readonly int[] Taken = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _file;

    private FileOwnership(FileStream file) => _file = file;

    /// <exception cref="LockStoreUnavailableException">Another store has the right, or the folder can't be written to.</exception>
    public static FileOwnership Take(string path)
    {
        try
        {
            return new FileOwnership(new FileStream(path + Suffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException failure) when (Taken.Contains(failure.HResult))
        {
            throw new LockStoreUnavailableException(
                $"The SQLite file '{path}' is used by another process, or by another store of this one ('{path}{Suffix}' is locked). One process "
                + "at a time can use it: stop the other one, name another file, or use PostgreSQL or SQL Server for several coordinators.",
                failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(path, failure);
        }
    }

    public void Dispose() => _file.Dispose();
}
