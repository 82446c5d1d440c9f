"""From issues to what people see and decide. The floor on top: it may ask every floor below."""
