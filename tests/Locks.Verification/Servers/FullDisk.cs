namespace Locks.Verification.Servers;

/// <summary>Fills the file system of a folder, as far as it is small: a real one has other users.</summary>
internal sealed class FullDisk : IDisposable
{
    // A file system of one's own has that, and no machine's.
    private const long MostFree = 2L << 30;
    private const int Piece = 1 << 20;

    private readonly string _file;

    private FullDisk(string file) => _file = file;

    /// <summary>Fills it. Disposing makes room again.</summary>
    /// <exception cref="InvalidOperationException">There is too much room on it to be a file system for this.</exception>
    public static FullDisk Fill(string folder)
    {
        if (new DriveInfo(folder).AvailableFreeSpace is var free and > MostFree)
        {
            throw new InvalidOperationException(
                $"{free >> 20} MB are free in {folder}, and would be filled. Give it a small file system before 'eng/services start': "
                + $"mkdir -p {folder} && mount -t tmpfs -o size=512m tmpfs {folder}");
        }

        var disk = new FullDisk(Path.Combine(folder, "filled"));
        // Without a buffer, which could not be written in the end.
        using var file = new FileStream(disk._file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = new byte[Piece]; piece.Length > 0;)
        {
            try
            {
                file.Write(piece);
            }
            catch (IOException)
            {
                piece = piece[..(piece.Length / 2)];
            }
        }

        return disk;
    }

    public void Dispose() => File.Delete(_file);
}
