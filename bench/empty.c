/* empty.c - the least that a dynamically linked program can do: what reading a request is compared with */

int
main(void)
{
	return 0;
}
