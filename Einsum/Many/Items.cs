namespace EinsumNet;

/// <summary>A list that is read member by member again and again: an array without the calls of its interface.</summary>
readonly struct Items<TItem>
{
    readonly IReadOnlyList<TItem>? _list;
    readonly TItem[]? _array;

    internal Items(IReadOnlyList<TItem> list)
    {
        // An array of a derived type is no array of this one.
        if (list.GetType() == typeof(TItem[])) _array = (TItem[])list;
        else _list = list;
    }

    internal int Count => _array is not null ? _array.Length : _list!.Count;

    internal TItem this[int member] => _array is not null ? _array[member] : _list![member];
}
