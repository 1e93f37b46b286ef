using System.Security.Cryptography;
using System.Text;
using Locks.Contracts;

namespace FolderImport.Records;

/// <summary>A folder of one run of the import.</summary>
internal readonly record struct Folder(string Run, string Path)
{
    /// <summary>What is locked while the folder's record is made. A path that is too long for a key is named by its hash.</summary>
    public string LockKey
    {
        get
        {
            var key = $"folder-import{Path}";
            return Encoding.UTF8.GetByteCount(key) <= LockLimits.MaxKeyBytes
                ? key
                : $"folder-import:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))}";
        }
    }

    /// <summary>The folders from the root down to the one with the given path, so that parents come first.</summary>
    public static IEnumerable<Folder> DownTo(string run, string path)
    {
        yield return new Folder(run, "/");
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return new Folder(run, path[..slash]);
        if (path != "/")
            yield return new Folder(run, path);
    }

    /// <summary>The path of the folder that a file lies in.</summary>
    public static string PathOf(string file)
    {
        var slash = file.LastIndexOf('/');
        return slash == 0 ? "/" : file[..slash];
    }
}
