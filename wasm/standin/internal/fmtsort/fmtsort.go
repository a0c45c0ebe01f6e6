package fmtsort

import "reflect"

// SortedMap is what package fmt prints of a map.
type SortedMap []KeyValue

// KeyValue is a member of a map.
type KeyValue struct{ Key, Value reflect.Value }

// Sort lists a map in any order.
func Sort(mapValue reflect.Value) SortedMap {
	list := make(SortedMap, 0, mapValue.Len())
	for member := mapValue.MapRange(); member.Next(); {
		list = append(list, KeyValue{member.Key(), member.Value()})
	}
	return list
}
