namespace EinsumNet.Tool;

/// <summary>What the user asked for cannot be done; the message is one line.</summary>
sealed class UsageException(string message) : Exception(message);
