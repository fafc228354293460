namespace EinsumNet;

/// <summary>How a call runs on a copy of an operand that many calls share.</summary>
/// <param name="Copy">Copies the operand to the panels.</param>
/// <param name="Product">The call's own executable, the panels in the operand's place.</param>
/// <param name="Bytes">What the panels take.</param>
/// <param name="Key">The text of the copy's plan: calls of equal texts read the same panels.</param>
sealed record Panels(Executable Copy, Executable Product, long Bytes, string Key);
